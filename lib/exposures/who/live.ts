import type { Lane } from '@/lib/exposures/lane/store';
import { addSessions, bindingQueries } from '@/lib/exposures/who/beyond';
import { readSessions } from '@/lib/exposures/who/store';
import type { SessionSeen } from '@/lib/policies/compiled-model';
import type { SharedPool } from '@/lib/policies/live-evaluate';

/** At most so many sessions are looked at for one view. */
const MOST = 1_000;

export interface LiveOf {
  /** The one identity, or all that work for the workflow. */
  identityIds: string[];
  /** Oldest first. */
  sessions: SessionSeen[];
  nowMs: number;
}

/** Sessions that live now, of an identity or of a workflow. */
export async function liveOf(
  { client, known }: Lane,
  { identityId, workflowId }: { identityId: string | undefined; workflowId: string | undefined },
): Promise<LiveOf> {
  const members = identityId
    ? [identityId]
    : (
        await client.query<{ id: string }>(
          'select identity_id as id from workflow_members where workflow_id = $1::uuid order by identity_id',
          [workflowId],
        )
      ).rows.map((row) => row.id);
  const found = await client.query<{ id: string | null; now: Date }>(
    `select s.id, n.now from (select now() as now) n left join lateral (select id, started_at from sessions
       where identity_id = any($1::uuid[]) and ended_at is null and (live_until is null or live_until > now())
       order by started_at, id limit ${MOST}) s on true order by s.started_at, s.id`,
    [members],
  );
  const ids = found.rows.flatMap((row) => row.id ?? []);
  await readSessions(client, known, ids);
  return {
    identityIds: members,
    sessions: ids.flatMap((id) => known.sessions.get(id)?.session ?? []),
    nowMs: found.rows[0]!.now.getTime(),
  };
}

/** Sessions that live now and share a credential, a device or an owner. */
export async function livePool({ client }: Lane, pool: SharedPool): Promise<LiveOf> {
  const found = new Map<string, SessionSeen[]>([[pool.id, []]]);
  addSessions(await client.query(bindingQueries.sharedSessions([pool])), found);
  const { rows } = await client.query<{ now: Date }>('select now() as now');
  const sessions = found.get(pool.id)!;
  return {
    identityIds: [...new Set(sessions.map((one) => one.identityId))],
    sessions,
    nowMs: rows[0]!.now.getTime(),
  };
}
