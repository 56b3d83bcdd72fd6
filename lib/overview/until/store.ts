import { pool, prisma } from '@/lib/db/client';
import type { RevocationRow, StepRow } from '@/lib/revocations/model';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export async function revocationFigures(): Promise<{ total: number; verified: number; p95: number | null }> {
  const { rows } = await pool().query<{ total: number; verified: number; p95: number | null }>(
    `select count(*)::int as total, (count(*) filter (where state = 'verified'))::int as verified,
       (percentile_cont(0.95) within group (order by extract(epoch from verified_at - requested_at) * 1000)
         filter (where verified_at is not null))::float8 as p95
     from revocations`,
  );
  return rows[0]!;
}

export async function unfinishedRevocations(): Promise<RevocationRow[]> {
  const found = await prisma().revocation.findMany({
    where: { state: { not: 'verified' } },
    orderBy: { id: 'desc' },
    take: 100,
    include: { steps: { orderBy: { ordinal: 'asc' } } },
  });
  const names = await prisma().identity.findMany({
    where: { id: { in: found.map((one) => one.identityId) } },
    select: { id: true, name: true },
  });
  const nameOf = new Map(names.map(({ id, name }) => [id, name]));
  return found.map((one) => ({
    ...one,
    kind: one.kind as RevocationRow['kind'],
    state: one.state as RevocationRow['state'],
    identityName: nameOf.get(one.identityId) ?? '',
    requestedAt: one.requestedAt.toISOString(),
    effectiveAt: iso(one.effectiveAt),
    verifiedAt: iso(one.verifiedAt),
    regrowthUntil: iso(one.regrowthUntil),
    steps: one.steps.map(
      (step) => ({ ...step, startedAt: iso(step.startedAt), finishedAt: iso(step.finishedAt) }) as unknown as StepRow,
    ),
  }));
}

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
