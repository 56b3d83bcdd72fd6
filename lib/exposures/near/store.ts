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
    `select e.id, e.warned as level, case when n.level > 0 then n.since end as since from exposures e left join near_exposures n on n.exposure_id = e.id
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

/**
 * Exposures that may have risen to a level nobody was told of. What a decision noted can be old: the window may have moved on
 * since, so each is looked at, and again only when something was counted.
 */
export async function risenIds(limit: number): Promise<string[]> {
  const found = await pool().query<{ id: string }>(
    `select e.id from exposures e left join near_exposures n on n.exposure_id = e.id
     where e.warned is not null and e.warned > coalesce(n.level, 0) and e.revision is distinct from n.revision
     order by e.warned desc, e.id desc limit $1`,
    [limit],
  );
  return found.rows.map((row) => row.id);
}

/** Levels that may not be stood at any more, those that were looked at longest ago: a window old, an hour at least, a day at most. */
export async function agedLevels(now: Date, limit: number): Promise<{ id: string; level: number }[]> {
  const found = await pool().query<{ id: string; level: number }>(
    `select n.exposure_id as id, n.level from near_exposures n join exposures e on e.id = n.exposure_id
     where n.level > 0 and n.since < $1::timestamptz - make_interval(secs => least(greatest(coalesce(nullif(e.window_secs, 0), 86400), 3600), 86400))
     order by n.checked_at nulls first, n.exposure_id limit $2`,
    [now, limit],
  );
  return found.rows;
}

/** Keeps what they were seen at; returns those for which the level is new, so that two watches at once tell once. */
export async function keepLevels(tx: Tx, seen: { id: string; level: number; revision: bigint }[], now: Date) {
  const risen = seen.filter((one) => one.level > 0);
  const fresh = await tx.$queryRaw<{ id: string }[]>`
    insert into near_exposures as n (exposure_id, level, since)
    select q.id, q.level, ${now} from unnest(${risen.map((one) => one.id)}::uuid[], ${risen.map((one) => one.level)}::int[]) as q(id, level)
    order by q.id
    on conflict (exposure_id) do update set level = excluded.level, since = excluded.since where n.level < excluded.level
    returning n.exposure_id as id`;
  await tx.$executeRaw`
    insert into near_exposures as n (exposure_id, level, since, revision)
    select q.id, 0, ${now}, q.revision from unnest(${seen.map((one) => one.id)}::uuid[], ${seen.map((one) => one.revision)}::bigint[]) as q(id, revision)
    order by q.id
    on conflict (exposure_id) do update set revision = excluded.revision`;
  return new Set(fresh.map((row) => row.id));
}

/** What fell is forgotten and told of anew when it rises; of what stands where it stood is kept when that was seen. */
export async function keepChecked(tx: Tx, fallen: string[], standing: string[], now: Date): Promise<void> {
  await tx.$executeRaw`update near_exposures set level = 0, checked_at = ${now} where exposure_id = any(${fallen}::uuid[])`;
  await tx.$executeRaw`update near_exposures set checked_at = ${now} where exposure_id = any(${standing}::uuid[])`;
}
