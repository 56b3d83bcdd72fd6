import type { z } from 'zod';
import { prisma } from '@/lib/db/client';
import { Prisma, type Session } from '@/lib/db/generated/client';
import { literally } from '@/lib/http/model';
import { belongsTo } from '@/lib/sessions/belongs-state';
import type { eventListQuerySchema, SessionRow, sessionListQuerySchema } from '@/lib/sessions/model';
import { isUnconfirmed, UNCONFIRMED_MS } from '@/lib/sessions/validity-state';

type Query = z.output<typeof sessionListQuerySchema>;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Nobody ends a session that only its events show: after its last event it is over once it has been silent too long. */
export const endOf = (session: Pick<Session, 'endedAt' | 'liveUntil' | 'lastEventAt'>, now: Date): Date | null =>
  session.endedAt ?? (session.liveUntil && session.liveUntil <= now ? session.lastEventAt : null);

export function rowOf(session: Session, identityName: string, now: Date): SessionRow {
  const over = endOf(session, now);
  const timedOut = over !== null && session.endedAt === null;
  const row: Omit<SessionRow, 'stale'> = {
    id: session.id,
    identityId: session.identityId,
    identityName,
    source: session.source,
    connectorId: belongsTo(session),
    observedBy: session.observedBy as SessionRow['observedBy'],
    kind: session.kind,
    label: session.label,
    state: timedOut ? 'ended' : (session.state as SessionRow['state']),
    startedAt: session.startedAt.toISOString(),
    lastEventAt: session.lastEventAt.toISOString(),
    endedAt: iso(over),
    endedBy: timedOut ? 'timeout' : (session.endedBy as SessionRow['endedBy']),
    endReason: session.endReason,
    network: session.network,
    region: session.region,
    agent: session.agent,
    key: session.key?.slice(0, 512) ?? null,
    scope: session.scope,
    trustedAt: iso(session.trustedAt),
    // Each decision on a declared session is its caller's word: kept as its last event, without a second write.
    lastValidatedAt: iso(session.observedBy === 'declared' ? session.lastEventAt : session.lastValidatedAt),
    liveUntil: iso(session.liveUntil),
    expiresAt: iso(session.expiresAt),
    consent: session.consent as SessionRow['consent'],
    abandonedAt: session.endedAt ? null : (session.abandonedAt?.toISOString() ?? null),
    dark: session.dark,
    tags: session.tags,
    eventCount: session.eventCount,
    readCount: session.readCount,
    changeCount: session.changeCount,
  };
  return {
    ...row,
    stale:
      over === null && (session.stale || isUnconfirmed({ ...row, connectorId: session.connectorId }, now.getTime())),
  };
}

export interface After {
  /** ISO, microseconds. */
  at: string;
  id: string;
}

/** A name is found by its beginning; of one that is made of parts (kept as a list) people read the parts, with dots between. */
function beginsWith(key: string): Prisma.Sql {
  const starts = (text: string) => ({ short: `${literally(text.slice(0, 80))}%`, whole: `${literally(text)}%` });
  const plain = starts(key);
  const parts = starts(JSON.stringify(key.split(' · ')).slice(0, -2));
  return Prisma.sql`s.id in (
    select id from sessions where left(key, 80) like ${plain.short} and key is not null and key like ${plain.whole}
    union all select id from sessions where left(bound_key, 80) like ${plain.short} and bound_key is not null and bound_key like ${plain.whole}
    union all select id from sessions where left(group_key, 80) like ${plain.short} and group_key like ${plain.whole}
    union all select id from sessions where left(group_key, 80) like ${parts.short} and group_key like ${parts.whole})`;
}

/** Newest start first; one more than asked for, when there is more. `among`: none but these. */
export async function readSessions(query: Query, after: After | null, now: Date, among: string[] | null = null) {
  const live = Prisma.sql`s.ended_at is null and (s.live_until is null or s.live_until > ${now})`;
  const where = [Prisma.sql`true`];
  if (query.q) {
    const like = `%${literally(query.q)}%`;
    where.push(
      Prisma.sql`(i.name ilike ${like} or s.label ilike ${like} or s.network ilike ${like} or s.region ilike ${like} or s.agent ilike ${like} or ${beginsWith(query.q)})`,
    );
  }
  if (query.identityId) where.push(Prisma.sql`s.identity_id = ${query.identityId}::uuid`);
  if (query.workflowId)
    where.push(
      Prisma.sql`s.identity_id in (select m.identity_id from workflow_members m where m.workflow_id = ${query.workflowId}::uuid)`,
    );
  if (query.connectorId)
    where.push(Prisma.sql`(s.connector_id = ${query.connectorId}::uuid
      or (s.told_by[1] = ${query.connectorId}::uuid and cardinality(s.told_by) = 1 and s.connector_id is null))`);
  if (query.source) where.push(Prisma.sql`s.source = ${query.source}`);
  if (query.observedBy) where.push(Prisma.sql`s.observed_by = ${query.observedBy}`);
  if (query.abandoned !== undefined)
    where.push(
      query.abandoned ? Prisma.sql`s.abandoned_at is not null and ${live}` : Prisma.sql`s.abandoned_at is null`,
    );
  if (query.key) where.push(beginsWith(query.key));
  if (query.run) where.push(Prisma.sql`s.run = ${query.run}`);
  if (query.dark !== undefined) where.push(Prisma.sql`s.dark = ${query.dark}`);
  if (query.stale !== undefined) {
    const old = Prisma.sql`(${live} and (s.stale or (s.observed_by = 'native' and s.connector_id is not null
      and coalesce(s.last_validated_at, s.started_at) < ${new Date(now.getTime() - UNCONFIRMED_MS)})))`;
    where.push(query.stale ? old : Prisma.sql`not ${old}`);
  }
  if (among) where.push(Prisma.sql`s.id = any(${among}::uuid[])`);
  if (query.from) where.push(Prisma.sql`coalesce(s.ended_at, s.last_event_at) >= ${query.from}::timestamptz`);
  if (query.to) where.push(Prisma.sql`s.started_at <= ${query.to}::timestamptz`);
  if (query.kind) where.push(Prisma.sql`s.kind = ${query.kind}`);
  if (query.state === 'ended') where.push(Prisma.sql`not (${live})`);
  else if (query.state) where.push(Prisma.sql`s.state = ${query.state} and ${live}`);
  if (query.live !== undefined) where.push(query.live ? live : Prisma.sql`not (${live})`);
  if (after) where.push(Prisma.sql`(s.started_at, s.id) < (${after.at}::timestamptz, ${after.id}::uuid)`);
  const found = await prisma().$queryRaw<{ id: string; name: string; at: string }[]>`
    select s.id::text, i.name, to_char(s.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at
      from sessions s join identities i on i.id = s.identity_id
     where ${Prisma.join(where, ' and ')} order by s.started_at desc, s.id desc limit ${query.limit + 1}`;
  const sessions = await prisma().session.findMany({ where: { id: { in: found.map((one) => one.id) } } });
  const byId = new Map(sessions.map((session) => [session.id, session]));
  return found.flatMap(({ id, name, at }) => {
    const session = byId.get(id);
    return session ? [{ row: rowOf(session, name, now), after: { at, id } }] : [];
  });
}

export async function readSession(id: string, now: Date) {
  const db = prisma();
  const session = await db.session.findUnique({ where: { id } });
  if (!session) return null;
  const of = belongsTo(session);
  const [identity, connector, credential, beside] = await Promise.all([
    db.identity.findUnique({
      where: { id: session.identityId },
      select: { name: true, state: true, protected: true },
    }),
    of ? db.connector.findUnique({ where: { id: of }, select: { name: true } }) : null,
    session.credentialId ? db.credential.findUnique({ where: { id: session.credentialId } }) : null,
    db.session.count({
      where: {
        identityId: session.identityId,
        endedAt: null,
        id: { not: id },
        OR: [{ liveUntil: null }, { liveUntil: { gt: now } }],
      },
    }),
  ]);
  return { session, identity, connector, credential, beside };
}

/** Newest first; one more than asked for, when there is more. */
export async function readEvents(query: z.output<typeof eventListQuerySchema>, after: After | null) {
  const rest = after ? Prisma.sql`and (e.at, e.id) < (${after.at}::timestamptz, ${after.id}::uuid)` : Prisma.empty;
  return prisma().$queryRaw<
    {
      id: string;
      at: Date;
      at_us: string;
      source: string;
      action: string;
      class: string;
      outcome: string;
      network: string | null;
      region: string | null;
      agent: string | null;
      resource: string | null;
      beyondApproval: boolean;
    }[]
  >`select e.id::text, e.at, to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at_us, e.source, e.action, e.class,
      e.outcome, e.network, e.region, e.agent, e.resource,
      coalesce(e.at > approved.until and e.class <> 'session' and e.outcome = 'success', false) as "beyondApproval"
      from session_events e left join lateral (
        select (s.consent->>'until')::timestamptz + interval '1 minute' as until from sessions s
         where s.id = e.session_id and s.consent->>'until' ~ '^\\d{4}-\\d\\d-\\d\\dT') approved on true
      where e.session_id = ${query.sessionId}::uuid ${rest} order by e.at desc, e.id desc limit ${query.limit + 1}`;
}
