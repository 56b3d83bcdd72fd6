import type pg from 'pg';
import { putUse } from '@/lib/exposures/members-state';
import type { ExposureState } from '@/lib/exposures/model';
import { isCrowded } from '@/lib/exposures/slices-state';

interface MemberRow {
  exposure_id: string;
  member: string;
  session_id: string;
  settled_at: Date | null;
  alone_at: Date | null;
  brought: boolean;
}

/** Reads the values of those states whose meter tells values apart. */
export async function readMembers(client: pg.Client, states: Map<string, ExposureState>): Promise<void> {
  const ids = [...states.values()].filter((state) => state.kind === 'distinct').map((state) => state.id);
  if (!ids.length) return;
  const found = await client.query<MemberRow>({
    name: 'read_members',
    text: `select exposure_id, member, session_id, settled_at, alone_at, brought from exposure_members where exposure_id = any($1::uuid[])`,
    values: [ids],
  });
  for (const row of found.rows)
    putUse(states.get(row.exposure_id)!, row.member, row.session_id, {
      settledMs: row.settled_at?.getTime() ?? null,
      aloneMs: row.alone_at?.getTime() ?? null,
      brought: row.brought,
    });
}

/**
 * Of the sessions that have a share in these states, those that have ended: what they counted over live sessions leaves, and
 * what never leaves is kept as one sum where there are many.
 */
export async function endedSessions(client: pg.Client, states: Iterable<ExposureState>): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const state of states)
    if (state.calendar === 'live' || isCrowded(state)) for (const id of state.sums.keys()) ids.add(id);
  if (!ids.size) return new Set();
  const found = await client.query<{ id: string }>({
    name: 'ended_sessions',
    text: 'select id from sessions where id = any($1::uuid[]) and ended_at is not null',
    values: [[...ids]],
  });
  return new Set(found.rows.map((row) => row.id));
}
