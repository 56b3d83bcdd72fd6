import { pool } from '@/lib/db/client';

export interface LiveCounts {
  /** All identities Braid knows, live or not. */
  known: number;
  identities: number;
  sessions: number;
  aboveLimit: number;
}

/** How many identities have live sessions, how many sessions, and how many identities are above their own limit. */
export async function readLiveCounts(): Promise<LiveCounts> {
  const { rows } = await pool().query<LiveCounts>(
    `with live as (
       select s.identity_id, count(*)::int as n from sessions s
       where s.ended_at is null and (s.live_until is null or s.live_until > now()) group by 1
     )
     select (select count(*)::int from identities where attributes ->> 'continuedAs' is null) as known,
       (count(*) filter (where i.attributes ->> 'continuedAs' is null))::int as identities, coalesce(sum(live.n), 0)::int as sessions,
       (count(*) filter (where live.n > i.concurrency_limit and i.attributes ->> 'continuedAs' is null))::int as "aboveLimit"
     from live join identities i on i.id = live.identity_id`,
  );
  return rows[0]!;
}
