import { prisma } from '@/lib/db/client';
import { Prisma } from '@/lib/db/generated/client';
import { floorId } from '@/lib/platform/ids';

/** What the concurrency graph reads. Times in milliseconds. */
export interface Span {
  id: string;
  start: number;
  /** null: live. */
  end: number | null;
}

interface SpanRead {
  id: string;
  identity_id: string;
  start: Date;
  end: Date | null;
}

const spanOf = (read: SpanRead): Span => ({
  id: read.id,
  start: read.start.getTime(),
  end: read.end === null ? null : Math.max(read.end.getTime(), read.start.getTime()),
});

/** A session whose source never says that it ended is over with its last event once it has been silent too long. */
const end = (now: Date) =>
  Prisma.sql`coalesce(s.ended_at, case when s.live_until <= ${now}::timestamptz then s.last_event_at end)`;

/** More spans than this and the usual of a week is not worked out. */
const SPANS_MAX = 200_000;

/** Spans of one identity that touch [from, to], newest start first. */
export async function spans(identityId: string, from: Date, to: Date, now: Date, most = SPANS_MAX): Promise<Span[]> {
  const over = end(now);
  const rows = await prisma().$queryRaw<SpanRead[]>`
    select s.id::text, s.identity_id::text, s.started_at as start, ${over} as "end" from sessions s
     where s.identity_id = ${identityId}::uuid and s.started_at <= ${to}::timestamptz
       and (${over} is null or ${over} >= ${from}::timestamptz)
     order by s.started_at desc, s.id desc limit ${most}`;
  return rows.map(spanOf);
}

/** First start and last sign of life of an identity's sessions; `live`: some have not ended. */
export async function lifetime(identityId: string, now: Date) {
  const over = end(now);
  const rows = await prisma().$queryRaw<{ first: Date | null; last: Date | null; live: boolean | null }[]>`
    select min(s.started_at) as first, max(coalesce(${over}, ${now}::timestamptz)) as last, bool_or(${over} is null) as live
      from sessions s where s.identity_id = ${identityId}::uuid`;
  const row = rows[0];
  return row?.first && row.last ? { first: row.first, last: row.last, live: row.live === true } : null;
}

export const limitOf = async (identityId: string) =>
  prisma().identity.findUnique({ where: { id: identityId }, select: { name: true, concurrencyLimit: true } });

export const sessionsOf = (ids: string[]) => prisma().session.findMany({ where: { id: { in: ids } } });

export interface Mark {
  session_id: string;
  at: Date;
  class: string;
  verdict: string | null;
  decision_id: string | null;
}

const MARKS = 60;
/** Decisions looked through per session to find those that were not allowed. */
const LOOKED_THROUGH = 300;

/** What each session did in the range, at most 60 a session; what was not allowed goes first. */
export async function marks(ids: string[], from: Date, to: Date): Promise<Mark[]> {
  if (ids.length === 0) return [];
  return prisma().$queryRaw<Mark[]>`
    with decided as (
      select q.id as session_id, d.at, d.action as class, d.verdict, d.id::text as decision_id, (d.verdict <> 'allow')::int as weight
        from unnest(${ids}::uuid[]) as q(id) cross join lateral (
          select id, at, action, verdict from decisions
           where session_id = q.id and id >= ${floorId(from.getTime() - 60_000)}::uuid and not dry_run and at between ${from} and ${to}
           order by id desc limit ${LOOKED_THROUGH}) d
    ), done as (
      select q.id as session_id, e.at, e.class, null::text as verdict, null::text as decision_id, 0 as weight
        from unnest(${ids}::uuid[]) as q(id) cross join lateral (
          select at, class from session_events where session_id = q.id and at between ${from} and ${to} order by at desc limit ${MARKS}) e
    ), ranked as (
      select *, row_number() over (partition by session_id order by weight desc, at desc) as rank
        from (select * from decided union all select * from done) x
    )
    select session_id::text, at, class, verdict, decision_id from ranked where rank <= ${MARKS} order by session_id, at`;
}

export interface Done {
  session_id: string;
  kind: 'event' | 'decision';
  /** The event's class, or the action that was decided on. */
  word: string;
  count: number;
}

/** What each session did in the range, counted; of busy ones the last 300 events and decisions. */
export async function done(ids: string[], from: Date, to: Date): Promise<Done[]> {
  if (ids.length === 0) return [];
  return prisma().$queryRaw<Done[]>`
    select q.id::text as session_id, 'event' as kind, e.class as word, count(*)::int as count
      from unnest(${ids}::uuid[]) as q(id) cross join lateral (
        select class from session_events where session_id = q.id and at between ${from} and ${to} order by at desc limit ${LOOKED_THROUGH}) e
     group by 1, 3
    union all
    select q.id::text, 'decision', d.action, count(*)::int
      from unnest(${ids}::uuid[]) as q(id) cross join lateral (
        select action from decisions where session_id = q.id and id >= ${floorId(from.getTime() - 60_000)}::uuid and not dry_run
           and at between ${from} and ${to} order by id desc limit ${LOOKED_THROUGH}) d
     group by 1, 3`;
}

/** Spans of several identities that touch [from, now], for sparklines. */
export async function spansOf(identityIds: string[], from: Date, now: Date): Promise<Map<string, Span[]>> {
  const over = end(now);
  const rows = await prisma().$queryRaw<SpanRead[]>`
    select s.id::text, s.identity_id::text, s.started_at as start, ${over} as "end" from sessions s
     where s.identity_id = any(${identityIds}::uuid[]) and (${over} is null or ${over} >= ${from}::timestamptz) limit ${SPANS_MAX}`;
  const byIdentity = new Map<string, Span[]>(identityIds.map((id) => [id, []]));
  for (const row of rows) byIdentity.get(row.identity_id)?.push(spanOf(row));
  return byIdentity;
}
