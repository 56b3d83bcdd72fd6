// What detectors over decisions read, set-based.
import { pool } from '@/lib/db/client';
import type { ExposureSeen, Trace, Verdict } from '@/lib/decisions/model';
import { readTrace, readTraces } from '@/lib/decisions/read-traces';
import type { DecisionFact, ExposureFact } from '@/lib/findings/model';

export interface DecisionDelta {
  /** Highest id read; null = nothing new. */
  last: string | null;
  count: number;
  /** Exposures that a request ran into, or that came to 90 % of their limit. */
  exposures: Map<string, ExposureFact['kind']>;
  approvals: DecisionFact[];
  /** Identities that were denied something. */
  denied: string[];
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

/** Traces in full; null where one can't be read any more, which proves nothing to a detector. */
async function tracesOf(rows: { trace: string }[]): Promise<(Trace | null)[]> {
  const texts = rows.map((row) => row.trace);
  try {
    return await readTraces(texts);
  } catch {
    return Promise.all(texts.map((text) => readTrace(text).catch(() => null)));
  }
}

const factsOf = async (rows: DecisionRecord[]): Promise<DecisionFact[]> => {
  const traces = await tracesOf(rows);
  return rows.map((row, index) => factOf(row, traces[index]!));
};

function factOf(row: DecisionRecord, trace: Trace | null): DecisionFact {
  const seen = trace?.exposures.find((exposure) => exposure.exposureId === row.exposure_id);
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
  const { rows } = await pool().query<Decided>(
    'select id, identity_id, verdict, exposure_id, trace from decisions where id > $1 and not dry_run order by id limit $2',
    [after, most],
  );
  const last = rows.at(-1)?.id ?? null;
  const traces = await tracesOf(rows);
  const approvals = last
    ? await pool().query<DecisionRecord>(
        `select ${DECISION} where d.id > $1 and d.id <= $2 and not d.dry_run and d.action ilike '%approv%' order by d.id limit 1000`,
        [after, last],
      )
    : { rows: [] };
  return {
    last,
    count: rows.length,
    exposures: new Map(
      rows
        .flatMap((row, index) => traces[index]?.exposures.filter((one) => tells(row, one)) ?? [])
        .map((one) => [one.exposureId, one.kind]),
    ),
    approvals: await factsOf(approvals.rows),
    denied: [...new Set(rows.flatMap((row) => (row.verdict === 'deny' ? [row.identity_id] : [])))],
  };
}

type Decided = Pick<DecisionRecord, 'id' | 'identity_id' | 'verdict' | 'exposure_id' | 'trace'>;

/** The exposure a request ran into; of one that was allowed, sums at 90 % of their limit. */
function tells(row: Decided, seen: ExposureSeen): boolean {
  if (row.verdict !== 'allow') return seen.exposureId === row.exposure_id;
  return seen.kind === 'sum' && seen.limit !== null && BigInt(seen.after) * 100n >= BigInt(seen.limit) * 90n;
}

/** Requests that these exposures refused, after `after` (a UUIDv7), oldest first, at most 1000. */
export async function readRefused(exposureIds: string[], after: string): Promise<DecisionFact[]> {
  if (exposureIds.length === 0) return [];
  const { rows } = await pool().query<DecisionRecord>(
    `select ${DECISION} where d.verdict <> 'allow' and d.exposure_id = any($1::uuid[]) and d.id > $2 and not d.dry_run
     order by d.id desc limit 1000`,
    [exposureIds, after],
  );
  return (await factsOf(rows)).reverse();
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
    calendar: string | null;
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
         select b.exposure_id, b.session_id, b.settled as amount from exposure_slices b join exposures e on e.id = b.exposure_id
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
            calendar: row.calendar,
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
