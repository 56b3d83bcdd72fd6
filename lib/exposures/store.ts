import { pool } from '@/lib/db/client';
import { type ExposureView, type HoldRow, type ShowQuery, strangerLabel } from '@/lib/exposures/model';

export async function dueHolds(limit: number): Promise<string[]> {
  const found = await pool().query<{ id: string }>(
    `select id from holds where state = 'held' and expires_at <= now() order by expires_at limit $1`,
    [limit],
  );
  return found.rows.map((row) => row.id);
}

export async function forgetKeys(): Promise<number> {
  const found = await pool().query(`delete from idempotency_keys where created_at < now() - interval '24 hours'`);
  return found.rowCount ?? 0;
}

interface Row {
  id: string;
  policy_set: string;
  meter: string;
  kind: string;
  scope: string;
  key: string;
  unit: string | null;
  scale: number;
  window_secs: number | null;
  calendar: string | null;
  warned: number | null;
  settled: bigint;
  held: bigint;
  limit_value: bigint | null;
  rule_id: string | null;
  revision: bigint;
  updated_at: Date;
  left_settled: bigint | null;
  ended_settled: bigint | null;
  members: bigint;
  key_name: string | null;
}

/** What a key of ids is called. */
const KEY_NAME = `case e.scope when 'identity.id' then (select i.name from identities i where i.id::text = e.key)
      when 'session.id' then (select s.label from sessions s where s.id::text = e.key)
      when 'workflow.id' then (select w.name from workflows w where w.id::text = e.key) end`;

const SELECT = `select e.*, (select sum(b.settled)::bigint from exposure_slices b where b.exposure_id = e.id and e.window_secs is not null
    and b.bucket_at + make_interval(secs => e.window_secs) <= now()) as left_settled,
    (select count(distinct m.member)::bigint from exposure_members m where m.exposure_id = e.id and m.settled_at is not null
       and (e.window_secs is null or m.settled_at + make_interval(secs => e.window_secs) > now())
       and (e.calendar is distinct from 'live' or exists (select from sessions s where s.id = m.session_id and s.ended_at is null))) as members,
    (select sum(b.settled)::bigint from exposure_slices b join sessions s on s.id = b.session_id
       where b.exposure_id = e.id and e.calendar = 'live' and s.ended_at is not null) as ended_settled,
    ${KEY_NAME} as key_name from exposures e`;

/** What the keys of these exposures are called, by exposure; those that are names themselves are left out. */
export async function keyNames(ids: string[]): Promise<Record<string, string>> {
  if (!ids.length) return {};
  const { rows } = await pool().query<{ id: string; name: string }>(
    `select * from (select e.id, ${KEY_NAME} as name from exposures e where e.id = any($1::uuid[])) named where name is not null`,
    [ids],
  );
  return Object.fromEntries(rows.map((row) => [row.id, row.name]));
}

export async function byIdentity(identityId: string): Promise<ExposureView[]> {
  const found = await pool().query<Row>(
    `${SELECT} where e.identity_ids @> array[$1::uuid] order by (e.settled + e.held) * 1.0 / greatest(e.limit_value, 1) desc nulls last, e.id limit 200`,
    [identityId],
  );
  return withContributors(found.rows);
}

export async function matching(query: ShowQuery): Promise<ExposureView[]> {
  const found = await pool().query<Row>(
    `${SELECT} where ($1::uuid is null or e.id = $1) and ($2::text is null or e.policy_set = $2) and ($3::text is null or e.meter = $3)
       and ($4::text is null or e.scope = $4) and ($5::text is null or e.key = $5)
       order by (e.settled + e.held) * 1.0 / greatest(e.limit_value, 1) desc nulls last, e.updated_at desc, e.id limit 100`,
    [query.exposureId ?? null, query.set ?? null, query.meter ?? null, query.scope ?? null, query.key ?? null],
  );
  return withContributors(found.rows);
}

export async function viewsOf(ids: string[]): Promise<ExposureView[]> {
  if (!ids.length) return [];
  const found = await pool().query<Row>(`${SELECT} where e.id = any($1::uuid[])`, [ids]);
  return withContributors(found.rows);
}

/** The identity a caller calls so; null: nobody, or several. */
export async function identityNamed(issuer: string | null, name: string): Promise<string | null> {
  const found = await pool().query<{ id: string }>(
    `select distinct identity_id as id from identity_aliases where external_id = $2 and ($1::text is null or issuer = $1) limit 2`,
    [issuer, name],
  );
  return found.rows.length === 1 ? found.rows[0]!.id : null;
}

interface Share {
  exposure_id: string;
  session_id: string | null;
  identity_id: string | null;
  label: string | null;
  settled: bigint;
  held: bigint;
}

/** Who holds how much now: slices still in their window, open holds, and for live sessions the sessions themselves. */
async function sharesOf(ids: string[]): Promise<Share[]> {
  const found = await pool().query<Share>(
    `with shares as (
       select b.exposure_id, b.session_id, b.settled, 0::bigint as held from exposure_slices b join exposures e on e.id = b.exposure_id
       where b.exposure_id = any($1::uuid[]) and (e.window_secs is null or b.bucket_at + make_interval(secs => e.window_secs) > now())
         and (e.calendar is distinct from 'live' or not exists (select from sessions s where s.id = b.session_id and s.ended_at is not null))
       union all
       select m.exposure_id, m.session_id, count(*), 0 from exposure_members m join exposures e on e.id = m.exposure_id
       where m.exposure_id = any($1::uuid[]) and m.brought and m.settled_at is not null
         and (e.window_secs is null or m.settled_at + make_interval(secs => e.window_secs) > now()) group by 1, 2
       union all
       select l.exposure_id, h.session_id, 0, l.amount from hold_lines l join holds h on h.id = l.hold_id
       where l.exposure_id = any($1::uuid[]) and h.state = 'held' and h.expires_at > now()
       union all
       select e.id, s.id, 1, 0 from exposures e join sessions s on s.ended_at is null and (s.live_until is null or s.live_until > now())
         and case e.scope when 'credential.id' then s.key = e.key and left(s.key, 80) = left(e.key, 80)
             when 'workflow.id' then s.identity_id in (select m.identity_id from workflow_members m where m.workflow_id::text = e.key)
             else s.identity_id::text = e.key end
       where e.id = any($1::uuid[]) and e.kind = 'live_sessions')
     select x.exposure_id, x.session_id, s.identity_id, s.label, sum(x.settled)::bigint as settled, sum(x.held)::bigint as held
     from shares x left join sessions s on s.id = x.session_id group by 1, 2, 3, 4
     having sum(x.settled) <> 0 or sum(x.held) <> 0 order by sum(x.settled) + sum(x.held) desc`,
    [ids],
  );
  return found.rows;
}

const reaches = (total: bigint, { warned, limit_value }: Row): boolean =>
  total * 100n >= (limit_value ?? 0n) * BigInt(warned ?? 0);

async function withContributors(rows: Row[]): Promise<ExposureView[]> {
  if (!rows.length) return [];
  const shares = await sharesOf(rows.map((row) => row.id));
  return rows.map((row) => {
    const own = shares.filter((share) => share.exposure_id === row.id);
    const live = row.kind === 'live_sessions';
    const settled = live
      ? BigInt(own.length)
      : row.kind === 'distinct'
        ? row.members
        : row.settled - (row.left_settled ?? 0n) - (row.ended_settled ?? 0n);
    const held = own.reduce((sum, share) => sum + share.held, 0n);
    const left = row.limit_value === null ? null : row.limit_value - settled - held;
    return {
      id: row.id,
      set: row.policy_set,
      meter: row.meter,
      kind: row.kind,
      scope: row.scope,
      key: row.key,
      keyName: row.key_name,
      unit: row.unit,
      scale: row.scale,
      windowSecs: row.window_secs,
      calendar: row.calendar,
      settled: settled.toString(),
      held: held.toString(),
      limit: row.limit_value?.toString() ?? null,
      available: left === null ? null : (left > 0n ? left : 0n).toString(),
      ruleId: row.rule_id,
      // It was noted with the last decision; what has left since may have taken it below.
      warned: row.warned !== null && left !== null && reaches(settled + held, row) ? row.warned : null,
      revision: row.revision.toString(),
      updatedAt: row.updated_at.toISOString(),
      contributors: own.slice(0, 50).map((share) => ({
        sessionId: share.session_id,
        identityId: share.identity_id,
        label: share.label ?? strangerLabel(share.session_id),
        settled: share.settled.toString(),
        held: share.held.toString(),
      })),
    };
  });
}

export async function holdById(id: string): Promise<HoldRow | null> {
  const found = await pool().query(
    `select h.id, h.decision_id, h.kind, h.state, h.created_at, h.expires_at, h.closed_at,
       coalesce((select json_agg(json_build_object('exposureId', l.exposure_id, 'amount', l.amount::text, 'settled', l.settled::text, 'attribute', l.attribute))
        from hold_lines l where l.hold_id = h.id), '[]') as lines from holds h where h.id = $1`,
    [id],
  );
  const row = found.rows[0];
  if (!row) return null;
  return {
    id: row.id,
    decisionId: row.decision_id,
    kind: row.kind,
    state: row.state,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    lines: row.lines,
  };
}

export interface LedgerRow {
  exposure_id: string;
  revision: bigint;
  at: Date;
  kind: string;
  settled: bigint;
  held: bigint;
  settled_now: bigint;
  held_now: bigint;
  session_id: string | null;
  identity_id: string | null;
  decision_id: string | null;
  hold_id: string | null;
  writer: string;
  seq: bigint;
}

/** The newest `limit` ledger entries of an exposure in a period, oldest first. */
export async function ledgerOf(exposureId: string, from: string, to: string, limit: number): Promise<LedgerRow[]> {
  const found = await pool().query<LedgerRow>(
    `select l.*, s.identity_id from ledger_entries l left join sessions s on s.id = l.session_id
     where l.exposure_id = $1 and l.at >= $2 and l.at <= $3 order by l.revision desc limit $4`,
    [exposureId, from, to, limit],
  );
  return found.rows.reverse();
}

/** Exposures whose counters are not what their slices and their open holds sum to. */
export async function unbalanced(): Promise<{ id: string; meter: string; key: string; why: string }[]> {
  const found = await pool().query<{ id: string; meter: string; key: string; why: string }>(
    `with b as (select exposure_id, sum(settled) as settled from exposure_slices group by exposure_id
                union all select exposure_id, count(*) filter (where brought) from exposure_members group by exposure_id),
          h as (select x.exposure_id, sum(x.amount) as held from hold_lines x join holds o on o.id = x.hold_id where o.state = 'held' group by x.exposure_id)
     select e.id, e.meter, e.key, case when e.settled <> coalesce(b.settled, 0) then 'its slices sum to something else'
         else 'its open holds sum to something else' end as why
     from exposures e left join b on b.exposure_id = e.id left join h on h.exposure_id = e.id
     where e.settled <> coalesce(b.settled, 0) or e.held <> coalesce(h.held, 0) limit 100`,
  );
  return found.rows;
}

/**
 * Slices that stand earlier than what they count: of a session's counts from the end of a slice on, none can stand in it or
 * in one before it. Whoever moves a slice back makes it leave its window too soon. What was told afterwards stands in the
 * time that its sealed decision says it was done in. At most a hundred.
 */
export async function movedSlices(): Promise<{ id: string; meter: string; key: string; bucket_at: Date }[]> {
  const found = await pool().query<{ id: string; meter: string; key: string; bucket_at: Date }>(
    `with s as materialized (
       select x.exposure_id, x.session_id, x.bucket_at as at, x.settled from exposure_slices x join exposures e on e.id = x.exposure_id
       where e.window_secs is not null and e.kind in ('sum', 'count')),
     since as materialized (select exposure_id, min(at) as at from s group by 1),
     moves as (
       select exposure_id, session_id, at, settled as standing, 0 as counted, true as slice from s
       union all
       select l.exposure_id, l.session_id, coalesce(least(l.at, to_timestamp((d.trace::json #>> '{also,told}')::float8 / 1000)), l.at),
         0, l.settled, false from since join ledger_entries l on l.exposure_id = since.exposure_id
       left join blind_transactions t on t.decision_id = l.decision_id and l.hold_id is null
       left join decisions d on d.id = t.decision_id and d.day = l.day
       where l.kind <> 'leave' and l.settled <> 0 and l.at >= since.at and l.day >= (select min(at)::date - 1 from since)),
     sums as (
       select exposure_id, at, slice, sum(standing) over w - standing as later, sum(counted) over w as counted
       from moves window w as (partition by exposure_id, session_id order by at desc))
     select distinct on (e.id) e.id, e.meter, e.key, sums.at as bucket_at from sums join exposures e on e.id = sums.exposure_id
     where sums.slice and sums.later < sums.counted order by e.id, sums.at limit 100`,
  );
  return found.rows;
}

export async function countRows(): Promise<number> {
  return (await pool().query<{ n: number }>('select count(*)::int as n from exposures')).rows[0]!.n;
}
