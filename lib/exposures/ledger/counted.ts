import type pg from 'pg';
import type { Trace } from '@/lib/decisions/model';
import { SLICES } from '@/lib/exposures/model';
import type { Counted } from '@/lib/exposures/regrow-state';
import { floorId } from '@/lib/platform/ids';

// What the log says was counted: by one decision, since an instant, by one session.

export const traceOf = async (client: pg.Client, decisionId: string): Promise<string | null> =>
  (await client.query<{ trace: string }>('select trace from decisions where id = $1', [decisionId])).rows[0]?.trace ??
  null;

/** An id tells when a request arrived, which is a little before it was decided. */
const ARRIVED_BEFORE_MS = 3_600_000;

/** Traces of what a session was allowed since an instant, but for one decision. */
export async function allowsSince(
  client: pg.Client,
  { sessionId, at, decisionId }: { sessionId: string; at: Date; decisionId: string },
  limit: number,
): Promise<string[]> {
  const found = await client.query<{ trace: string }>(
    `select trace from decisions where session_id = $1 and id >= $5 and at >= $2 and day >= $2::timestamptz::date - 1 and id <> $3
       and verdict = 'allow' and not dry_run limit $4`,
    [sessionId, at, decisionId, limit, floorId(at.getTime() - ARRIVED_BEFORE_MS)],
  );
  return found.rows.map((row) => row.trace);
}

export interface CountedRow {
  exposure_id: string;
  at: Date;
  settled: bigint;
  session_id: string | null;
  identity_id: string | null;
}

/**
 * What a decision counted at once: of each exposure it saw, the entry that followed what it saw. Looked up by exposure and
 * revision, because the ledger knows no decisions by index.
 */
export async function countedBy(client: pg.Client, trace: Trace): Promise<CountedRow[]> {
  const found = await client.query<CountedRow>({
    name: 'counted_by',
    text: `select l.exposure_id, l.at, l.settled, l.session_id, $4::uuid as identity_id
           from unnest($2::uuid[], $3::bigint[]) as e (id, revision)
           join ledger_entries l on l.exposure_id = e.id and l.revision > e.revision and l.revision <= e.revision + ${NEAR}
             and l.decision_id = $1 and l.kind = 'settle' and l.hold_id is null`,
    values: [
      trace.decisionId,
      trace.exposures.map((one) => one.exposureId),
      trace.exposures.map((one) => one.revision),
      trace.identity.id,
    ],
  });
  return found.rows;
}

/**
 * What of each exposure counts in a window of so many seconds, as the ledger has it: a sum for each session and slice of that
 * window, less what was given back of it.
 */
export async function countedSince(
  client: pg.Client,
  nowMs: number,
  secs: ReadonlyMap<string, number>,
): Promise<Map<string, Counted[]>> {
  const found = await client.query<{ exposure_id: string; at: Date; settled: bigint; session_id: string }>({
    name: 'counted_since',
    text: `select exposure_id, session_id, max(at) as at, sum(settled)::bigint as settled from (
             select l.exposure_id, l.session_id, min(l.at) as at, sum(l.settled) as settled, min(q.secs) as secs
             from unnest($1::uuid[], $2::timestamptz[], $4::int[]) as q(id, since, secs)
             join ledger_entries l on l.exposure_id = q.id and l.at >= q.since
               and l.day >= $3::timestamptz::date - 1 and l.kind <> 'leave' and l.settled <> 0 and l.session_id is not null
             group by l.exposure_id, l.session_id, coalesce(l.decision_id::text, l.revision::text)) one
           where settled > 0
           group by exposure_id, session_id, floor(extract(epoch from at) * 1000 / (secs * 1000.0 / ${SLICES}))
           order by exposure_id, at`,
    values: [
      [...secs.keys()],
      [...secs.values()].map((one) => new Date(nowMs - windowReach(one))),
      new Date(nowMs - windowReach(Math.max(...secs.values()))),
      [...secs.values()],
    ],
  });
  const rows = new Map<string, Counted[]>();
  for (const { exposure_id, at, settled, session_id } of found.rows) {
    const own = rows.get(exposure_id) ?? [];
    own.push({ atMs: at.getTime(), settled, sessionId: session_id, decisionId: null });
    rows.set(exposure_id, own);
  }
  return rows;
}

/** ms: a window and its oldest slice. */
const windowReach = (secs: number): number => secs * 1000 * (1 + 1 / SLICES) + 1000;

/** Entries of one batch that may stand between what a decision saw of an exposure and what it did to it. */
const NEAR = 1_000;
