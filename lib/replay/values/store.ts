import { pool } from '@/lib/db/client';

/** What may have moved the values of a `distinct` exposure, in its order. */
export interface ValueEvent {
  /** `decided`: allowed, or would have been by itself. `release`: given back. `leave`: with a session that ended. */
  kind: 'decided' | 'release' | 'leave';
  at: Date;
  session_id: string | null;
  decision_id: string | null;
  /** Of a decision, as stored. */
  trace: string | null;
  /** Of what was given back: when it had been counted. */
  counted_at: Date | null;
}

/** As many identities as an exposure remembers: there may be more. */
const MOST_IDENTITIES = 16;

/** Where nothing is settled, only what a session would have been granted by itself can have left a value. */
const ONLY_ALONE = `verdict <> 'allow' and alone = 'allow'`;

/**
 * What happened to an exposure's values within its window before an instant, oldest first: the decisions of the identities
 * that use it, and ledger entries no decision made. Null: more identities use it than it remembers.
 */
export async function valueEvents(
  { id: exposureId, settled }: { id: string; settled: bigint },
  before: string,
  limit: number,
): Promise<ValueEvent[] | null> {
  const { rows } = await pool().query<{ identity_ids: string[]; since: string; live: boolean }>(
    `select identity_ids, coalesce(calendar = 'live', false) as live, case when window_secs is null then '-infinity'
       else ($2::timestamptz - case when calendar is null then make_interval(secs => window_secs * 61.0 / 60 + 1) else interval '32 days' end)::text end as since
     from exposures where id = $1`,
    [exposureId, before],
  );
  const [one] = rows;
  if (!one || one.identity_ids.length >= MOST_IDENTITIES) return null;
  if (settled === 0n) {
    const { rowCount } = await pool().query(
      `select from decisions where identity_id = any($1::uuid[]) and at < $2 and at >= $3::timestamptz
         and day >= $3::timestamptz::date - 1 and not dry_run and ${ONLY_ALONE} limit 1`,
      [one.identity_ids, before, one.since],
    );
    if (!rowCount) return [];
  }
  const found = await pool().query<ValueEvent>(
    `select * from (
       select 'decided' as kind, at, session_id, id as decision_id, trace, null::timestamptz as counted_at, writer, seq from decisions
       where identity_id = any($1::uuid[]) and at < $2 and at >= $3::timestamptz and day >= $3::timestamptz::date - 1
         and not dry_run and (verdict = 'allow' or alone = 'allow')
       union all
       select l.kind, l.at, l.session_id, l.decision_id, null, d.at, l.writer, l.seq from ledger_entries l left join decisions d on d.id = l.decision_id
       where l.exposure_id = $4 and l.at < $2 and l.at >= $3::timestamptz and (l.kind = 'release' or (l.kind = 'leave' and $5))) q
     order by at, writer, seq limit $6`,
    [one.identity_ids, before, one.since, exposureId, one.live, limit],
  );
  return found.rows;
}
