import { pool, prisma } from '@/lib/db/client';
import { STEP_FROM } from '@/lib/revocations/times/store';

export interface Measured {
  /** Click to verified over all, until the decision point denies, or click to verified at one connector. */
  of: 'all' | 'decision' | 'connector';
  connectorId: string | null;
  p50: number;
  p95: number;
  count: number;
}

/** Connectors whose last drill to come to a result failed, in the last 90 days. */
export async function drillsFailed(): Promise<Map<string, { at: string; revocationId: string | null }>> {
  const { rows } = await pool().query<{ connectorId: string; at: Date; revocationId: string | null }>(
    `select * from (
       select distinct on (connector_id) connector_id::text as "connectorId", state, started_at as at, revocation_id::text as "revocationId"
         from drills where state in ('passed', 'failed') and started_at > now() - interval '90 days' order by connector_id, id desc) d
      where d.state = 'failed'`,
  );
  return new Map(
    rows.map(({ connectorId, at, revocationId }) => [connectorId, { at: at.toISOString(), revocationId }]),
  );
}

/**
 * Click to verified in the last 90 days: over all, per connector, and click to denial at the decision point, from the steps as
 * they were timed. What was proven only after somebody had asked again waited for people: it says nothing of how fast a system is.
 */
export async function measured(): Promise<Measured[]> {
  const { rows } = await pool().query<Measured>(
    `with times as (
       select 'all' as of, null::uuid as connector, extract(epoch from verified_at - coalesce(ended_again_at, clicked_at, requested_at)) * 1000 as ms
         from revocations
        where verified_at is not null and (retried_at is null or verified_at < retried_at) and kind in ('terminate', 'revoke', 'pause') and not drill and requested_at > now() - interval '90 days'
       union all
       select case when s.connector_id is null then 'decision' else 'connector' end, s.connector_id,
              extract(epoch from s.finished_at - ${STEP_FROM}) * 1000 from revocation_steps s
         join revocations r on r.id = s.revocation_id
        where s.state = 'verified' and ((s.verb = 'probe' and s.connector_id is not null) or (s.verb = 'deny' and s.system = 'decision_point')) and r.kind in ('terminate', 'revoke', 'pause') and not r.drill
          and (r.retried_at is null or s.finished_at < r.retried_at)
          and r.requested_at > now() - interval '90 days')
     select of, connector as "connectorId", percentile_cont(0.5) within group (order by ms)::float8 as p50,
            percentile_cont(0.95) within group (order by ms)::float8 as p95, count(*)::int as count
       from times group by of, connector`,
  );
  return rows;
}

/**
 * What to expect of each system: as real revocations were measured, else as drills were; there it is the later of "a new entry
 * is refused" and "the open session is dead".
 */
export async function expected(): Promise<Measured[]> {
  const [real, drilled] = await Promise.all([
    measured(),
    pool().query<Measured>(
      `select 'connector' as of, connector_id as "connectorId", count(*)::int as count,
              (percentile_cont(0.5) within group (order by greatest(refused_ms, dead_ms, verified_ms)))::float8 as p50,
              (percentile_cont(0.95) within group (order by greatest(refused_ms, dead_ms, verified_ms)))::float8 as p95
         from drills where state = 'passed' and started_at > now() - interval '90 days' group by 2`,
    ),
  ]);
  const known = new Set(real.map((row) => row.connectorId));
  return [...real, ...drilled.rows.filter((row) => !known.has(row.connectorId))];
}

export async function countByState(): Promise<Record<string, number>> {
  const rows = await prisma().revocation.groupBy({
    by: ['state'],
    where: { undoneBy: null, drill: false },
    _count: { _all: true },
  });
  return Object.fromEntries(rows.map((row) => [row.state, row._count._all]));
}

export const connectorNames = (ids: string[]) =>
  prisma().connector.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
