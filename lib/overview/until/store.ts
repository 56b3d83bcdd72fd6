import { pool } from '@/lib/db/client';

export interface LiveRecord {
  id: string;
  name: string;
  live: number;
  limit: number | null;
  spark: number[];
}

export async function liveItems(most: number): Promise<LiveRecord[]> {
  const { rows } = await pool().query<LiveRecord>(
    `with live as (
       select s.identity_id as id, count(*)::int as live from sessions s
       where s.ended_at is null and (s.live_until is null or s.live_until > now()) group by 1
     ), top as (
       select i.id, i.name, l.live, i.concurrency_limit as "limit" from live l join identities i on i.id = l.id
       order by (l.live > coalesce(i.concurrency_limit, 2147483647)) desc, l.live desc, i.name limit $1
     )
     select top.*, (select array_agg(n order by m) from (
       select m, (select count(*)::int from sessions s where s.identity_id = top.id and s.started_at <= m
         and coalesce(s.ended_at, 'infinity') >= m) as n
       from generate_series(now() - interval '59 minutes', now(), interval '1 minute') m) steps) as spark
     from top`,
    [most],
  );
  return rows;
}
