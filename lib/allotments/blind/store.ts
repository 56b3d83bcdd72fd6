import { pool } from '@/lib/db/client';

export interface ValueRow {
  unit: string;
  scale: number;
  mode: 'online' | 'bounded' | 'offline' | 'legacy';
  amount: bigint;
}

/**
 * Value allowed in a period by how it was decided. A decision that gave an allotment is no spending, and one that was told
 * afterwards is counted as told; of an allotment counts what was reported, or all of it where nobody reported.
 */
export async function values(from: string, to: string): Promise<ValueRow[]> {
  const found = await pool().query<ValueRow>(
    `with asked as (
       select d.unit, d.scale, case when t.mode = 'bounded' then 'bounded' else 'online' end as mode, sum(d.amount) as amount
       from decisions d left join api_tokens t on t.id = d.token_id
       where d.id >= $3::uuid and d.at >= $1 and d.at < $2 and d.verdict = 'allow' and not d.dry_run and d.amount is not null and d.unit is not null
         and d.action <> 'approval.request'
         and not exists (select from allotments a where a.decision_id = d.id)
         and not exists (select from blind_transactions b where b.decision_id = d.id)
       group by 1, 2, 3),
     spent as (
       select unit, scale, 'offline' as mode, sum(coalesce(spent, 0)) as amount from allotments
       where issued_at >= $1 and issued_at < $2 and spent is not null group by 1, 2),
     told as (
       select unit, scale, 'legacy' as mode, sum(amount) as amount from blind_transactions
       where at >= $1 and at < $2 and amount is not null and unit is not null group by 1, 2)
     select unit, max(scale)::int as scale, mode, sum(amount)::bigint as amount from (table asked union all table spent union all table told) v
     group by unit, mode order by unit`,
    [from, to, floorOf(from)],
  );
  return found.rows;
}

/** The lowest id a decision of that time can have: its partitions before are not read. */
const floorOf = (from: string): string => {
  const hex = Math.max(Date.parse(from) - 60_000, 0)
    .toString(16)
    .padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

export interface PointRow {
  id: string;
  name: string;
  mode: 'online' | 'bounded' | 'offline' | 'legacy';
  stale_secs: number | null;
  settle_after_secs: number | null;
  decisions: number;
  allotments: number;
  open: number;
  overdue: number;
  overused: number;
  told: number;
  told_denied: number;
}

/** Enforcement points that asked, were given allotments, or told something in a period, and those that are not online. */
export async function points(from: string, to: string): Promise<PointRow[]> {
  const found = await pool().query<PointRow>(
    `select t.id, t.name, t.mode, t.stale_secs, t.settle_after_secs, coalesce(d.n, 0) as decisions, coalesce(a.n, 0) as allotments,
       coalesce(a.open, 0) as open, coalesce(a.overdue, 0) as overdue, coalesce(a.overused, 0) as overused,
       coalesce(b.n, 0) as told, coalesce(b.denied, 0) as told_denied
     from api_tokens t
     left join (select token_id, count(*)::int as n from decisions where id >= $3::uuid and at >= $1 and at < $2 and not dry_run group by 1) d on d.token_id = t.id
     left join (select token_id, count(*)::int as n, count(*) filter (where state = 'open')::int as open,
         count(*) filter (where state = 'overdue')::int as overdue, count(*) filter (where spent > amount)::int as overused
       from allotments where issued_at >= $1 and issued_at < $2 group by 1) a on a.token_id = t.id
     left join (select token_id, count(*)::int as n, count(*) filter (where not allowed)::int as denied
       from blind_transactions where at >= $1 and at < $2 group by 1) b on b.token_id = t.id
     where 'decide' = any(t.scopes) and (d.n is not null or a.n is not null or b.n is not null or (t.mode <> 'online' and t.revoked_at is null))
     order by (t.mode = 'online'), t.name, t.id limit 500`,
    [from, to, floorOf(from)],
  );
  return found.rows;
}

export interface VarianceRow {
  token_id: string;
  unit: string;
  scale: number;
  given: bigint;
  spent: bigint;
  returned: bigint;
  beyond: bigint;
  denied: bigint;
}

export async function variances(from: string, to: string): Promise<VarianceRow[]> {
  const found = await pool().query<VarianceRow>(
    `select token_id, unit, max(scale)::int as scale, sum(given)::bigint as given, sum(spent)::bigint as spent,
       sum(returned)::bigint as returned, sum(beyond)::bigint as beyond, sum(denied)::bigint as denied from (
       select token_id, unit, scale, amount as given, coalesce(spent, 0) as spent, greatest(amount - coalesce(spent, amount), 0) as returned,
         greatest(coalesce(spent, 0) - amount, 0) as beyond, 0::bigint as denied from allotments where issued_at >= $1 and issued_at < $2
       union all
       select token_id, unit, scale, 0, amount, 0, 0, case when allowed then 0 else amount end from blind_transactions
       where at >= $1 and at < $2 and amount is not null and unit is not null) v
     group by token_id, unit order by unit`,
    [from, to],
  );
  return found.rows;
}
