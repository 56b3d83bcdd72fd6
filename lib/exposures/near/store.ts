import { pool } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';

export interface Standing {
  id: string;
  level: number;
  since: Date | null;
}

/** The nearest first, by the partial index on what is warned. */
export async function pageOfWarned(asked: {
  set: string | null;
  level: number | null;
  after: { level: number; id: string } | null;
  limit: number;
}): Promise<Standing[]> {
  const found = await pool().query<Standing>(
    `select e.id, e.warned as level, n.since from exposures e left join near_exposures n on n.exposure_id = e.id
     where e.warned is not null and ($1::text is null or e.policy_set = $1) and e.warned >= coalesce($2::int, 0)
       and ($3::int is null or (e.warned, e.id) < ($3, $4::uuid))
     order by e.warned desc, e.id desc limit $5`,
    [asked.set, asked.level, asked.after?.level ?? null, asked.after?.id ?? null, asked.limit],
  );
  return found.rows;
}

/** Who moved these exposures, as far as they keep it. */
export async function identitiesOf(ids: string[]): Promise<Map<string, { id: string; name: string }[]>> {
  const found = await pool().query<{ exposure: string; id: string; name: string }>(
    `select e.id as exposure, i.id, i.name from exposures e
       cross join lateral unnest(e.identity_ids) with ordinality as u(id, n) join identities i on i.id = u.id
     where e.id = any($1::uuid[]) order by u.n`,
    [ids],
  );
  const by = new Map<string, { id: string; name: string }[]>();
  for (const { exposure, id, name } of found.rows) by.set(exposure, [...(by.get(exposure) ?? []), { id, name }]);
  return by;
}

/** Exposures that have risen to a level nobody was told of. */
export async function risenIds(limit: number): Promise<string[]> {
  const found = await pool().query<{ id: string }>(
    `select e.id from exposures e left join near_exposures n on n.exposure_id = e.id
     where e.warned is not null and e.warned > coalesce(n.level, 0) order by e.warned desc, e.id desc limit $1`,
    [limit],
  );
  return found.rows.map((row) => row.id);
}

/** Keeps their level; returns those for which it is new, so that two watches at once tell once. */
export async function keepLevels(tx: Tx, risen: { id: string; level: number }[], now: Date): Promise<Set<string>> {
  const kept = await tx.$queryRaw<{ id: string }[]>`
    insert into near_exposures as n (exposure_id, level, since)
    select q.id, q.level, ${now} from unnest(${risen.map((one) => one.id)}::uuid[], ${risen.map((one) => one.level)}::int[]) as q(id, level)
    order by q.id
    on conflict (exposure_id) do update set level = excluded.level, since = excluded.since where n.level < excluded.level
    returning n.exposure_id as id`;
  return new Set(kept.map((row) => row.id));
}

/**
 * Forgets levels that are not stood at any more, once they are a window old (an hour at least, a day at most): what rises
 * and falls around a level is told once.
 */
export async function forgetFallen(tx: Tx, now: Date): Promise<number> {
  return tx.$executeRaw`
    delete from near_exposures n using exposures e where e.id = n.exposure_id and (e.warned is null or e.warned < n.level)
      and n.since < ${now}::timestamptz - make_interval(secs => least(greatest(coalesce(nullif(e.window_secs, 0), 86400), 3600), 86400))`;
}
