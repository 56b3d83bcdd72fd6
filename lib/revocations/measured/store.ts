import { pool, prisma } from '@/lib/db/client';

export interface Measured {
  connectorId: string | null;
  p50: number;
  p95: number;
  count: number;
}

/** Click to verified in the last 90 days: over all (connectorId null) and per connector, from the steps as they were timed. */
export async function measured(): Promise<Measured[]> {
  const { rows } = await pool().query<Measured>(
    `with times as (
       select null::uuid as connector, extract(epoch from verified_at - requested_at) * 1000 as ms from revocations
        where verified_at is not null and kind in ('terminate', 'revoke', 'pause') and requested_at > now() - interval '90 days'
       union all
       select s.connector_id, extract(epoch from s.finished_at - r.requested_at) * 1000 from revocation_steps s
         join revocations r on r.id = s.revocation_id
        where s.verb = 'probe' and s.state = 'verified' and s.connector_id is not null and r.kind in ('terminate', 'revoke', 'pause')
          and r.requested_at > now() - interval '90 days')
     select connector as "connectorId", percentile_cont(0.5) within group (order by ms)::float8 as p50,
            percentile_cont(0.95) within group (order by ms)::float8 as p95, count(*)::int as count
       from times group by connector`,
  );
  return rows;
}

export async function countByState(): Promise<Record<string, number>> {
  const rows = await prisma().revocation.groupBy({ by: ['state'], where: { undoneBy: null }, _count: { _all: true } });
  return Object.fromEntries(rows.map((row) => [row.state, row._count._all]));
}

export const connectorNames = (ids: string[]) =>
  prisma().connector.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
