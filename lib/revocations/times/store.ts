import { pool } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';

const SINCE = `r.kind in ('terminate', 'revoke', 'pause') and not r.drill and r.requested_at > now() - interval '90 days'`;

/** From when a revocation's time counts: the click (of many at once the one for all of them), or the click that ended access which had come back. */
const FROM = 'coalesce(r.ended_again_at, r.clicked_at, r.requested_at)';

/** The same for a step `s` of a revocation `r`, which may have been finished before access came back and left alone since. */
export const STEP_FROM =
  'case when s.finished_at >= r.ended_again_at then r.ended_again_at else coalesce(r.clicked_at, r.requested_at) end';

/**
 * When a step `s` of a revocation `r` took hold for good. Asked for once more by a person it did not stop to hold: it counts from
 * when it first did since something had shown otherwise, not from when it was last done. Of what has no history: when it was finished.
 */
const HELD = `coalesce((
  select min((h->>'at')::timestamptz) from jsonb_array_elements(s.history) with ordinality x(h, n)
   where h->>'state' in ('effective', 'verified') and (h->>'at')::timestamptz >= ${STEP_FROM}
     and n > coalesce((select max(m) from jsonb_array_elements(s.history) with ordinality y(g, m)
                        where g->>'state' not in ('effective', 'verified') and g->>'again' is distinct from 'held'), 0)), s.finished_at)`;

const MS = (to: string, from = FROM) => `extract(epoch from ${to} - ${from})::float8 * 1000`;
const SPAN = (column: string, as: string) =>
  `percentile_cont(0.5) within group (order by ${column}) as ${as}_p50, percentile_cont(0.95) within group (order by ${column}) as ${as}_p95, count(${column})::int as ${as}_count`;

/**
 * Effective and verified are read beside each other: both are of those that were proven, as soon as one was, and what a probe
 * saw was in effect. Else the one could come after the other, being of others.
 */
const TOGETHER = (effective: string, among: string) =>
  `case when verified is not null or count(verified) over (${among}) = 0 then least(${effective}, verified) end as effective`;

export interface SpanRow {
  effective_p50: number | null;
  effective_p95: number | null;
  effective_count: number;
  verified_p50: number | null;
  verified_p95: number | null;
  verified_count: number;
  total: number;
  missed: number;
}

/** Click to effective and verified over whole revocations. What was undone before it was proven missed nothing. */
export async function overall(targetMs: number): Promise<SpanRow> {
  const { rows } = await pool().query<SpanRow>(
    `select ${SPAN('effective', 'effective')}, ${SPAN('verified', 'verified')}, count(*)::int as total,
            (count(*) filter (where verified > $1 or (verified is null and undone_by is null and waited > $1)))::int as missed
       from (select ${TOGETHER('took', '')}, verified, waited, undone_by
               from (select greatest(${MS('r.effective_at')}, 0) as took, ${MS('r.verified_at')} as verified, ${MS('now()')} as waited, r.undone_by
                       from revocations r where ${SINCE}) r) q`,
    [targetMs],
  );
  return rows[0]!;
}

/** The same per system: effective = the last acting step took hold, verified = its own probe proved it. */
export async function perSystem(targetMs: number): Promise<(SpanRow & { connectorId: string | null })[]> {
  const { rows } = await pool().query<SpanRow & { connectorId: string | null }>(
    `with own as (
       select r.id, s.connector_id as connector,
              bool_and(s.state in ('effective', 'verified')) filter (where s.verb <> 'probe') as held,
              max(${MS(HELD, STEP_FROM)}) filter (where s.verb <> 'probe') as effective,
              max(${MS('s.finished_at', STEP_FROM)}) filter (where s.state = 'verified' and (s.verb = 'probe' or s.system = 'decision_point')) as verified,
              ${MS('now()')} as waited, r.undone_by
         from revocations r join revocation_steps s on s.revocation_id = r.id
        where ${SINCE} and s.verb <> 'regrowth' and (s.connector_id is not null or s.system = 'decision_point')
        group by r.id, s.connector_id)
     select connector::text as "connectorId", ${SPAN('effective', 'effective')}, ${SPAN('verified', 'verified')}, count(*)::int as total,
            (count(*) filter (where verified > $1 or (verified is null and undone_by is null and waited > $1)))::int as missed
       from (select connector, ${TOGETHER('case when held then effective end', 'partition by connector')}, verified, waited, undone_by from own) q
      group by connector`,
    [targetMs],
  );
  return rows;
}

export interface ExposedRow {
  revocationId: string;
  identityName: string;
  findingId: string;
  seenAt: Date;
  requestedAt: Date;
  verifiedAt: Date | null;
  ms: number;
}

/** Of every ended access about which something had been found, from first seen to proven ended or now; newest first. */
export async function exposed(): Promise<ExposedRow[]> {
  const { rows } = await pool().query<ExposedRow>(
    `select r.id as "revocationId", i.name as "identityName", f.id as "findingId", f.first_seen_at as "seenAt",
            r.requested_at as "requestedAt", r.verified_at as "verifiedAt",
            extract(epoch from coalesce(r.verified_at, now()) - f.first_seen_at)::float8 * 1000 as ms
       from revocations r join identities i on i.id = r.identity_id
       cross join lateral (
         select f.id, f.first_seen_at from findings f
          where f.identity_id = r.identity_id and f.first_seen_at <= r.requested_at and f.detector not in ('regrowth', 'manual')
            and f.first_seen_at > r.requested_at - interval '30 days'
            and (f.state <> 'closed' or f.state_at >= r.requested_at)
            and not exists (select from revocations p where p.identity_id = r.identity_id and p.id < r.id and not p.drill
                             and p.kind in ('terminate', 'revoke', 'pause') and p.verified_at >= f.first_seen_at)
          order by f.first_seen_at limit 1) f
      where ${SINCE} and (r.undone_by is null or r.verified_at is not null) order by r.id desc limit 1000`,
  );
  return rows;
}

export interface DrillRow {
  connectorId: string;
  count: number;
  failed: number;
  refusedMs: number | null;
  deadMs: number | null;
  verifiedMs: number | null;
  lastAt: Date;
  lastState: string;
}

/** What the drills that passed measured at each system, how many failed, and how the last went. */
export async function drilled(): Promise<DrillRow[]> {
  const { rows } = await pool().query<DrillRow>(
    `select connector_id::text as "connectorId", (count(*) filter (where state in ('passed', 'failed')))::int as count,
            (count(*) filter (where state = 'failed'))::int as failed,
            percentile_cont(0.5) within group (order by refused_ms) filter (where state = 'passed') as "refusedMs",
            percentile_cont(0.5) within group (order by dead_ms) filter (where state = 'passed') as "deadMs",
            percentile_cont(0.5) within group (order by verified_ms) filter (where state = 'passed') as "verifiedMs",
            max(started_at) as "lastAt", (array_agg(state order by id desc))[1] as "lastState"
       from drills where state <> 'running' and started_at > now() - interval '90 days' group by 1`,
  );
  return rows;
}

export async function storedTarget(): Promise<unknown> {
  const { rows } = await pool().query<{ value: unknown }>(`select value from settings where key = 'revocation-target'`);
  return rows[0]?.value;
}

export async function storeTarget(tx: Tx, value: object): Promise<void> {
  await tx.$executeRaw`insert into settings (key, value, updated_at) values ('revocation-target', ${JSON.stringify(value)}::jsonb, now())
    on conflict (key) do update set value = excluded.value, updated_at = now()`;
}

/** Revocations that missed the target, of one system or as a whole; newest first, at most 1000. */
export async function missedIds(targetMs: number, connectorId: string | null): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `select id::text as id from (
       select r.id, r.undone_by, ${MS('now()')} as waited,
              case when $2::uuid is null then ${MS('r.verified_at')} else (select max(${MS('s.finished_at', STEP_FROM)}) from revocation_steps s
                where s.revocation_id = r.id and s.connector_id = $2 and s.verb = 'probe' and s.state = 'verified') end as verified
         from revocations r where ${SINCE}
          and ($2::uuid is null or exists (select from revocation_steps s where s.revocation_id = r.id and s.connector_id = $2))) q
      where verified > $1 or (verified is null and undone_by is null and waited > $1) order by id desc limit 1000`,
    [targetMs, connectorId],
  );
  return rows.map((row) => row.id);
}
