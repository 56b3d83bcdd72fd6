import type { z } from 'zod';
import { prisma } from '@/lib/db/client';
import { Prisma, type Session } from '@/lib/db/generated/client';
import { literally } from '@/lib/http/model';
import type { RunMoment, RunRow, runListQuerySchema } from '@/lib/sessions/run-model';

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
  /** Microseconds: what a cursor needs. */
  at_us: string;
  source: string;
  action: string;
  class: string;
  outcome: string;
  network: string | null;
  region: string | null;
  agent: string | null;
  resource: string | null;
}

export const momentOf = ({ session_id, at, at_us: _, ...rest }: Moment): RunMoment => ({
  ...rest,
  sessionId: session_id,
  at: at.toISOString(),
});

/** Of a run the parts whose events are shown, earliest first. */
export const partIds = async (run: string): Promise<string[]> =>
  (
    await prisma().session.findMany({
      where: { run },
      orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
      take: PARTS,
      select: { id: true },
    })
  ).map((part) => part.id);

/** Events of all parts before one of them, newest first. */
export const readTimeline = (
  sessionIds: string[],
  before: { at: string; id: string } | null,
  most: number,
): Promise<Moment[]> =>
  prisma().$queryRaw<Moment[]>`
    select e.id::text, e.session_id::text, e.at, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at_us, e.source, e.action, e.class, e.outcome, e.network, e.region, e.agent, e.resource
    from session_events e where e.session_id = any(${sessionIds}::uuid[])
      and (${before?.at ?? null}::timestamptz is null or (e.at, e.id) < (${before?.at ?? null}::timestamptz, ${before?.id ?? null}::uuid))
    order by e.at desc, e.id desc limit ${most}`;

const livesAt = (now: Date) => Prisma.sql`s.ended_at is null and (s.live_until is null or s.live_until > ${now})`;

/** Parts of a run that live, newest first. */
export async function readLiveParts(run: string, now: Date, most = PARTS): Promise<string[]> {
  const found = await prisma().$queryRaw<{ id: string }[]>`
    select s.id::text from sessions s where s.run = ${run} and ${livesAt(now)}
     order by s.started_at desc, s.id desc limit ${most}`;
  return found.map((one) => one.id);
}

export async function countLiveParts(run: string, now: Date): Promise<number> {
  const [found] = await prisma().$queryRaw<{ n: number }[]>`
    select count(*)::int as n from sessions s where s.run = ${run} and ${livesAt(now)}`;
  return found?.n ?? 0;
}

type Query = z.output<typeof runListQuerySchema>;

interface Found {
  run: string;
  id: string;
  at: string;
  started_at: Date;
  last_event_at: Date;
  parts: number;
  live: number;
  events: number;
  sources: string[];
  identities: { id: string; name: string }[];
  identities_total: number;
}

/**
 * Runs by their earliest part, newest first; one more than asked for, when there is more. Walks the parts that began last and
 * takes those that have no earlier one, so that what is older than the page is never read.
 */
export async function readRuns(
  query: Query,
  after: { at: string; id: string } | null,
  now: Date,
): Promise<{ row: RunRow; after: { at: string; id: string } }[]> {
  const lives = Prisma.sql`exists (select from sessions s where s.run = f.run and ${livesAt(now)})`;
  const where = [
    Prisma.sql`f.run is not null`,
    Prisma.sql`not exists (select from sessions p where p.run = f.run and (p.started_at, p.id) < (f.started_at, f.id))`,
  ];
  if (query.q) where.push(Prisma.sql`f.run like ${`${literally(query.q)}%`}`);
  if (query.identityId)
    where.push(
      Prisma.sql`exists (select from sessions p where p.run = f.run and p.identity_id = ${query.identityId}::uuid)`,
    );
  if (query.live !== undefined) where.push(query.live ? lives : Prisma.sql`not ${lives}`);
  if (after) where.push(Prisma.sql`(f.started_at, f.id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  const found = await prisma().$queryRaw<Found[]>`
    with page as (
      select f.run, f.id, f.started_at from sessions f where ${Prisma.join(where, ' and ')}
       order by f.started_at desc, f.id desc limit ${query.limit + 1}
    )
    select page.run, page.id::text, to_char(page.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
      page.started_at, told.*, who.*
      from page, lateral (
        select max(s.last_event_at) as last_event_at, count(*)::int as parts, (count(*) filter (where ${livesAt(now)}))::int as live,
          sum(s.event_count)::int as events, (array_agg(distinct s.source))[1:50] as sources
          from sessions s where s.run = page.run) told, lateral (
        select count(*)::int as identities_total,
          coalesce((array_agg(jsonb_build_object('id', i.id, 'name', i.name) order by i.name))[1:5], '{}') as identities
          from identities i where i.id in (select s.identity_id from sessions s where s.run = page.run)) who
     order by page.started_at desc, page.id desc`;
  return found.map((one) => ({
    row: {
      run: one.run,
      startedAt: one.started_at.toISOString(),
      lastEventAt: one.last_event_at.toISOString(),
      parts: one.parts,
      live: one.live,
      events: one.events,
      identities: one.identities,
      identitiesTotal: one.identities_total,
      sources: one.sources,
    },
    after: { at: one.at, id: one.id },
  }));
}
