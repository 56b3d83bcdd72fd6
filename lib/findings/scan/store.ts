// What detectors read, set-based. Everything here only reads, but for the cursors.
import { z } from 'zod';
import { pool } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import { type Trace, traceSchema, type Verdict } from '@/lib/decisions/model';
import type { LiveFact } from '@/lib/findings/detect-concurrency-limit';
import type { DecisionFact, ExposureFact, SessionFact } from '@/lib/findings/model';

export async function readCursor(name: string): Promise<string | null> {
  const { rows } = await pool().query<{ value: unknown }>('select value from settings where key = $1', [name]);
  return z
    .string()
    .nullable()
    .catch(null)
    .parse(rows[0]?.value ?? null);
}

export async function writeCursor(tx: Tx, name: string, value: string): Promise<void> {
  await tx.$executeRaw`insert into settings (key, value) values (${name}, ${JSON.stringify(value)}::jsonb)
    on conflict (key) do update set value = excluded.value, updated_at = now()`;
}

export interface DecisionDelta {
  /** Highest id read; null = nothing new. */
  last: string | null;
  count: number;
  /** Exposures that a request ran into, or that came to 90 % of their limit. */
  exposures: Map<string, ExposureFact['kind']>;
  approvals: DecisionFact[];
}

const DECISION = `d.id, d.at, d.identity_id, i.name, i.kind, d.session_id, s.label, d.verdict, d.alone, d.reason, d.rule_id,
  d.action, d.resource_type, d.resource_id, d.amount, d.exposure_id, d.trace
  from decisions d join identities i on i.id = d.identity_id left join sessions s on s.id = d.session_id`;

interface DecisionRecord {
  id: string;
  at: Date;
  identity_id: string;
  name: string;
  kind: string;
  session_id: string | null;
  label: string | null;
  verdict: Verdict;
  alone: Verdict | null;
  reason: string;
  rule_id: string | null;
  action: string;
  resource_type: string;
  resource_id: string;
  amount: bigint | null;
  exposure_id: string | null;
  trace: string;
}

function readTrace(text: string): Trace | null {
  try {
    return traceSchema.parse(JSON.parse(text));
  } catch {
    return null; // a trace of an unknown version proves nothing to a detector
  }
}

function factOf(row: DecisionRecord): DecisionFact {
  const seen = readTrace(row.trace)?.exposures.find((exposure) => exposure.exposureId === row.exposure_id);
  return {
    id: row.id,
    at: row.at.toISOString(),
    identityId: row.identity_id,
    identityName: row.name,
    identityKind: row.kind,
    sessionId: row.session_id,
    sessionLabel: row.label,
    verdict: row.verdict,
    alone: row.alone,
    reason: row.reason,
    ruleId: row.rule_id,
    action: row.action,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    amount: seen ? BigInt(seen.amount) : row.amount,
    exposureId: row.exposure_id,
    holders: seen?.contributors ?? [],
  };
}

/** What the decisions after `after` (a UUIDv7) touched. Dry runs are on no path and found by nobody. */
export async function readDecisionDelta(after: string, most: number): Promise<DecisionDelta> {
  const { rows } = await pool().query<{
    last: string | null;
    count: number;
    touched: [string, ExposureFact['kind']][] | null;
  }>(
    `with delta as materialized (
       select d.id, d.verdict, d.exposure_id, d.trace from decisions d where d.id > $1 and not d.dry_run order by d.id limit $2
     ), seen as (
       select e->>'exposureId' as id, e->>'kind' as kind from delta d, jsonb_array_elements(d.trace::jsonb->'exposures') e
       where case when d.verdict = 'allow'
         then e->>'kind' = 'sum' and (e->>'after')::numeric * 100 >= nullif(e->>'limit', '')::numeric * 90
         else e->>'exposureId' = d.exposure_id::text end
     )
     select (select max(id::text) from delta) as last, (select count(*)::int from delta) as count,
       (select jsonb_agg(distinct jsonb_build_array(id, kind)) from seen) as touched`,
    [after, most],
  );
  const delta = rows[0]!;
  const approvals = delta.last
    ? await pool().query<DecisionRecord>(
        `select ${DECISION} where d.id > $1 and d.id <= $2 and not d.dry_run and d.action ilike '%approv%' order by d.id limit 1000`,
        [after, delta.last],
      )
    : { rows: [] };
  return {
    last: delta.last,
    count: delta.count,
    exposures: new Map(delta.touched ?? []),
    approvals: approvals.rows.map(factOf),
  };
}

/** Requests that these exposures refused, after `after` (a UUIDv7), oldest first, at most 1000. */
export async function readRefused(exposureIds: string[], after: string): Promise<DecisionFact[]> {
  if (exposureIds.length === 0) return [];
  const { rows } = await pool().query<DecisionRecord>(
    `select ${DECISION} where d.verdict <> 'allow' and d.exposure_id = any($1::uuid[]) and d.id > $2 and not d.dry_run
     order by d.id desc limit 1000`,
    [exposureIds, after],
  );
  return rows.map(factOf).reverse();
}

/** Exposures that have a limit, with every session's settled and held share inside the window. */
export async function readExposures(kinds: Map<string, ExposureFact['kind']>): Promise<ExposureFact[]> {
  if (kinds.size === 0) return [];
  const { rows } = await pool().query<{
    id: string;
    policy_set: string;
    meter: string;
    scope: string;
    key: string;
    unit: string | null;
    scale: number;
    window_secs: number | null;
    settled: bigint;
    held: bigint;
    limit_value: bigint;
    updated_at: Date;
    identity_id: string | null;
    name: string | null;
    kind: string | null;
    shares: { sessionId: string; identityId: string; label: string; amount: string }[] | null;
  }>(
    `with share as (
       select x.exposure_id, x.session_id, sum(x.amount) as amount from (
         select b.exposure_id, b.session_id, b.settled as amount from exposure_buckets b join exposures e on e.id = b.exposure_id
         where b.exposure_id = any($1::uuid[]) and (e.window_secs is null or b.bucket_at > now() - make_interval(secs => e.window_secs))
         union all
         select l.exposure_id, h.session_id, l.amount from hold_lines l join holds h on h.id = l.hold_id
         where l.exposure_id = any($1::uuid[]) and h.state = 'held' and h.expires_at > now()
       ) x where x.session_id is not null group by 1, 2
     ), named as (
       select share.exposure_id, jsonb_agg(jsonb_build_object('sessionId', s.id, 'identityId', s.identity_id, 'label', s.label,
         'amount', share.amount::text) order by share.amount desc) as shares,
         (array_agg(s.identity_id order by share.amount desc))[1] as identity_id
       from share join sessions s on s.id = share.session_id where share.amount > 0 group by 1
     )
     select e.*, i.id as identity_id, i.name, i.kind, named.shares from exposures e left join named on named.exposure_id = e.id
     left join identities i on i.id = coalesce(named.identity_id, e.identity_ids[1])
     where e.id = any($1::uuid[]) and e.limit_value is not null`,
    [[...kinds.keys()]],
  );
  return rows.flatMap((row) =>
    row.identity_id === null
      ? []
      : [
          {
            id: row.id,
            set: row.policy_set,
            meter: row.meter,
            kind: kinds.get(row.id) ?? 'count',
            scope: row.scope,
            key: row.key,
            unit: row.unit,
            scale: row.scale,
            windowSecs: row.window_secs,
            limit: row.limit_value,
            settled: row.settled,
            held: row.held,
            at: row.updated_at.toISOString(),
            identityId: row.identity_id,
            identityName: row.name ?? '',
            identityKind: row.kind ?? '',
            shares: (row.shares ?? []).map((share) => ({ ...share, amount: BigInt(share.amount) })),
          },
        ],
  );
}

interface SessionRecord {
  id: string;
  identity_id: string;
  name: string;
  kind: string;
  label: string;
  key: string | null;
  region: string | null;
  network: string | null;
  agent: string | null;
  tags: string[];
  from: Date;
  until: Date;
  reads: number;
  changes: number;
  declared: boolean;
}

/** `until`: the last moment it is known to have lived; `open`: until when it counts as open. */
const sessionColumns = (
  until: 'seen' | 'open',
) => `s.id, s.identity_id, i.name, i.kind, s.label, coalesce(s.key, c.external_id) as key, s.region, s.network, s.agent,
  s.tags, s.started_at as "from", coalesce(s.ended_at, ${until === 'open' ? 's.live_until, now()' : 'greatest(s.last_event_at, case when s.live_until is null then now() end)'}) as until,
  s.read_count as reads, s.change_count as changes, s.observed_by = 'declared' as declared
  from sessions s join identities i on i.id = s.identity_id left join credentials c on c.id = s.credential_id`;

const sessionFact = ({ identity_id, name, kind, declared: _, ...row }: SessionRecord): SessionFact => ({
  ...row,
  identityId: identity_id,
  identityName: name,
  identityKind: kind,
  from: row.from.toISOString(),
  until: row.until.toISOString(),
});

/** Sessions that carry a tag, of these identities, that were open at or after `since`. */
export async function readTagged(identityIds: string[], since: Date): Promise<SessionFact[]> {
  if (identityIds.length === 0) return [];
  const { rows } = await pool().query<SessionRecord>(
    `select ${sessionColumns('open')} where s.identity_id = any($1::uuid[]) and cardinality(s.tags) > 0 and (s.ended_at is null or s.ended_at >= $2)
     order by s.started_at desc limit 2000`,
    [identityIds, since],
  );
  return rows.map(sessionFact);
}

/** Identities that have more live sessions than their own limit, at most 500 of them, each with its newest sessions. */
export async function readAboveLimit(): Promise<LiveFact[]> {
  const { rows } = await pool().query<{
    id: string;
    name: string;
    limit: number;
    count: number;
    sessions: LiveFact['sessions'];
    at: Date;
  }>(
    `select i.id, i.name, i.concurrency_limit as "limit", now() as at, count(*)::int as count,
       (array_agg(jsonb_build_object('id', s.id, 'label', s.label, 'startedAt', to_char(s.started_at at time zone 'UTC',
         'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by s.started_at desc))[1:50] as sessions
     from identities i join sessions s on s.identity_id = i.id
     where i.concurrency_limit is not null and s.ended_at is null and (s.live_until is null or s.live_until > now())
     group by i.id having count(*) > i.concurrency_limit order by i.id limit 500`,
  );
  return rows.map(({ id, name, at, ...row }) => ({ ...row, identityId: id, identityName: name, at: at.toISOString() }));
}

/**
 * Sessions of keys that are used from more than one place: live ones, those stored after `after` (a UUIDv7), and those of
 * `identityIds`. Reads and changes of declared sessions are counted from what they asked.
 */
export async function readSpreadKeys(
  after: string,
  identityIds: string[],
): Promise<{ session: SessionFact; declared: boolean }[]> {
  const { rows } = await pool().query<SessionRecord>(
    `with used as materialized (
       select s.id, s.identity_id, coalesce(s.key, s.credential_id::text) as k, coalesce(s.region, s.network) as place from sessions s
       where (s.ended_at is null or s.id > $1 or s.identity_id = any($2::uuid[])) and coalesce(s.key, s.credential_id::text) is not null
         and coalesce(s.region, s.network) is not null and (s.read_count + s.change_count > 0 or s.observed_by = 'declared')
     ), spread as (select identity_id, k from used group by 1, 2 having count(distinct place) > 1)
     select ${sessionColumns('seen')} join used u on u.id = s.id join spread p on p.identity_id = u.identity_id and p.k = u.k
     order by s.last_event_at desc limit 5000`,
    [after, identityIds],
  );
  return rows.map((row) => ({ session: sessionFact(row), declared: row.declared }));
}

/** How often each of these sessions asked for each action since `after` (a UUIDv7). */
export async function readAsked(identityIds: string[], sessionIds: string[], after: string) {
  if (sessionIds.length === 0) return [];
  const { rows } = await pool().query<{ session_id: string; action: string; count: number }>(
    `select session_id, action, count(*)::int as count from decisions
     where identity_id = any($1::uuid[]) and session_id = any($2::uuid[]) and id > $3 and not dry_run group by 1, 2 limit 20000`,
    [identityIds, sessionIds, after],
  );
  return rows.map((row) => ({ sessionId: row.session_id, action: row.action, count: row.count }));
}

/** When the oldest import that runs, or ended after `since`, began to store sessions. */
export async function oldestImportSince(since: Date): Promise<Date | null> {
  const { rows } = await pool().query<{ at: Date | null }>(
    `select min(created_at) as at from imports where state = 'running' or finished_at > $1`,
    [since],
  );
  return rows[0]?.at ?? null;
}
