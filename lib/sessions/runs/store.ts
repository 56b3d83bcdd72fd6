import { prisma } from '@/lib/db/client';
import type { Session } from '@/lib/db/generated/client';

const PARTS = 200;

/** Parts of a run, earliest first, with how many there are. */
export async function readParts(run: string): Promise<{ parts: Session[]; total: number }> {
  const [parts, total] = await Promise.all([
    prisma().session.findMany({ where: { run }, orderBy: [{ startedAt: 'asc' }, { id: 'asc' }], take: PARTS }),
    prisma().session.count({ where: { run } }),
  ]);
  return { parts, total };
}

export const readActors = (ids: string[]) =>
  prisma().identity.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true, kind: true },
    orderBy: { name: 'asc' },
  });

/** Tools used by these sessions, and on whose behalf. */
export async function readWork(sessionIds: string[]) {
  const [tools, principals] = await Promise.all([
    prisma().$queryRaw<{ server: string | null; tool: string; calls: number }[]>`
      select e.told->'ai'->>'server' as server, e.told->'ai'->>'tool' as tool, count(*)::int as calls from session_events e
      where e.session_id = any(${sessionIds}::uuid[]) and e.told->'ai'->>'tool' is not null
      group by 1, 2 order by 3 desc, 2 limit 100`,
    prisma().$queryRaw<{ principal: string }[]>`
      select distinct e.told->'ai'->>'principal' as principal from session_events e
      where e.session_id = any(${sessionIds}::uuid[]) and e.told->'ai'->>'principal' is not null order by 1 limit 20`,
  ]);
  return { tools, principals: principals.map((each) => each.principal) };
}

export interface Moment {
  id: string;
  session_id: string;
  at: Date;
  source: string;
  action: string;
  class: string;
  outcome: string;
  network: string | null;
  region: string | null;
  agent: string | null;
  resource: string | null;
}

/** Events of all parts before one of them, newest first. */
export const readTimeline = (
  sessionIds: string[],
  before: { at: string; id: string } | null,
  most: number,
): Promise<Moment[]> =>
  prisma().$queryRaw<Moment[]>`
    select e.id::text, e.session_id::text, e.at, e.source, e.action, e.class, e.outcome, e.network, e.region, e.agent, e.resource
    from session_events e where e.session_id = any(${sessionIds}::uuid[])
      and (${before?.at ?? null}::timestamptz is null or (e.at, e.id) < (${before?.at ?? null}::timestamptz, ${before?.id ?? null}::uuid))
    order by e.at desc, e.id desc limit ${most}`;
