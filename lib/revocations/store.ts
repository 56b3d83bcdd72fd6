import { pool, prisma } from '@/lib/db/client';
import type { Identity, Prisma, Revocation, RevocationStep, Session } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import type { RevocationKind, RevocationState } from '@/lib/revocations/model';

export type StoredStep = RevocationStep;
export type Stored = Revocation & { steps: StoredStep[] };
export type StoredIdentity = Identity;
export type StoredSession = Pick<
  Session,
  | 'id'
  | 'identityId'
  | 'connectorId'
  | 'source'
  | 'observedBy'
  | 'groupKey'
  | 'kind'
  | 'label'
  | 'startedAt'
  | 'lastEventAt'
  | 'endedAt'
  | 'liveUntil'
  | 'native'
  | 'network'
  | 'agent'
>;

const SESSION = {
  id: true,
  identityId: true,
  connectorId: true,
  source: true,
  observedBy: true,
  groupKey: true,
  kind: true,
  label: true,
  startedAt: true,
  lastEventAt: true,
  endedAt: true,
  liveUntil: true,
  native: true,
  network: true,
  agent: true,
} as const;

const steps = { steps: { orderBy: { ordinal: 'asc' } } } as const;

export const findIdentity = (id: string) => prisma().identity.findUnique({ where: { id } });

export async function lockIdentity(tx: Tx, id: string): Promise<StoredIdentity | null> {
  await tx.$queryRaw`select 1 from identities where id = ${id}::uuid for update`;
  return tx.identity.findUnique({ where: { id } });
}

export const identityNames = (ids: string[]) =>
  prisma().identity.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true, state: true, protected: true },
  });

export async function setIdentityState(tx: Tx, id: string, state: string, reason: string, by: string, at: Date) {
  await tx.identity.update({
    where: { id },
    data: {
      state,
      stateReason: reason || null,
      stateChangedAt: at,
      stateChangedBy: by,
      stateRevision: { increment: 1 },
    },
  });
}

/** Names under which connectors know an identity, and the connectors that still exist. */
export async function systemsOf(identityId: string) {
  const aliases = await prisma().identityAlias.findMany({
    where: { identityId, issuer: { startsWith: 'connector:' } },
    select: { issuer: true, externalId: true },
  });
  const named = aliases.map((alias) => ({
    connectorId: alias.issuer.slice('connector:'.length),
    externalId: alias.externalId,
  }));
  const connectors = await prisma().connector.findMany({
    where: { id: { in: [...new Set(named.map((one) => one.connectorId))] } },
    select: { id: true, name: true, vendor: true, state: true },
    orderBy: { name: 'asc' },
  });
  return { named, connectors };
}

export const sessionsById = (ids: string[]): Promise<StoredSession[]> =>
  prisma().session.findMany({ where: { id: { in: ids } }, select: SESSION });

export const liveSessions = (identityId: string, take = 1000): Promise<StoredSession[]> =>
  prisma().session.findMany({
    where: { identityId, endedAt: null },
    select: SESSION,
    orderBy: { startedAt: 'desc' },
    take,
  });

export const countLive = (identityId: string) => prisma().session.count({ where: { identityId, endedAt: null } });

/** Sessions only the decision point knows end where they live: here. Returns their ids. */
export async function endDeclared(tx: Tx, identityId: string, sessionIds: string[] | null, at: Date, reason: string) {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    update sessions set state = 'ended', ended_at = greatest(${at}, started_at), ended_by = 'operator', end_reason = ${reason.slice(0, 500)}
     where identity_id = ${identityId}::uuid and observed_by = 'declared' and ended_at is null
       and (${sessionIds === null} or id = any(${sessionIds ?? []}::uuid[]))
    returning id::text`;
  return rows.map((row) => row.id);
}

/**
 * Sessions of a connector that Braid has ended, with whom to thank. One that the follower had already missed is attributed
 * as well, if that was after the request.
 */
export async function endNative(
  tx: Tx,
  where: { identityId: string; connectorId: string; sessionIds: string[] | null; since: Date },
  at: Date,
  reason: string,
) {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    update sessions set state = 'ended', ended_at = coalesce(ended_at, greatest(${at}, started_at)), ended_by = 'operator',
           end_reason = ${reason.slice(0, 500)}
     where identity_id = ${where.identityId}::uuid and connector_id = ${where.connectorId}::uuid
       and (ended_at is null or (ended_at >= ${where.since} and ended_by is distinct from 'operator'))
       and started_at <= ${at}
       and (${where.sessionIds === null} or id = any(${where.sessionIds ?? []}::uuid[]))
    returning id::text`;
  return rows.map((row) => row.id);
}

/** What is visible now: a decision written by a transaction outside it was committed later. */
export async function snapshotOf(tx: Tx): Promise<string> {
  const rows = await tx.$queryRaw<{ s: string }[]>`select pg_current_snapshot()::text as s`;
  return rows[0]!.s;
}

export const insertRevocation = (
  tx: Tx,
  data: Prisma.RevocationUncheckedCreateInput,
  plan: Prisma.RevocationStepCreateManyInput[],
) => tx.revocation.create({ data }).then(() => tx.revocationStep.createMany({ data: plan }));

export const latestOf = (
  tx: Tx,
  identityId: string,
  kind: RevocationKind,
): Promise<{ id: string; state: string } | null> =>
  tx.revocation.findFirst({
    where: { identityId, kind, undoneBy: null },
    orderBy: { id: 'desc' },
    select: { id: true, state: true },
  });

/** A termination of all these sessions that is still under way or done. */
export async function terminationOf(tx: Tx, sessionIds: string[]): Promise<string | null> {
  const found = await tx.revocation.findFirst({
    where: { kind: 'terminate', sessionIds: { hasEvery: sessionIds } },
    orderBy: { id: 'desc' },
    select: { id: true },
  });
  return found?.id ?? null;
}

/** Marks what a new request makes void: revocations and pauses that it undoes, restores that it overtakes. */
export async function undo(tx: Tx, identityId: string, kinds: RevocationKind[], by: string): Promise<void> {
  await tx.revocation.updateMany({
    where: { identityId, kind: { in: kinds }, undoneBy: null, id: { not: by } },
    data: { undoneBy: by },
  });
}

export const findRevocation = (id: string): Promise<Stored | null> =>
  prisma().revocation.findUnique({ where: { id }, include: steps });

export async function lockRevocation(tx: Tx, id: string): Promise<Stored | null> {
  await tx.$queryRaw`select 1 from revocations where id = ${id}::uuid for update`;
  return tx.revocation.findUnique({ where: { id }, include: steps });
}

export const changeStep = (tx: Tx, id: string, data: Prisma.RevocationStepUpdateInput) =>
  tx.revocationStep.update({ where: { id }, data });

export const changeRevocation = (tx: Tx, id: string, data: Prisma.RevocationUpdateInput) =>
  tx.revocation.update({ where: { id }, data });

export const changeInFlight = (id: string, inFlight: { snapshot: string; items: object[] }) =>
  prisma().revocation.update({ where: { id }, data: { inFlight }, select: { id: true } });

/** Those on which something may still have to be done, oldest first. */
export async function unfinished(identityId?: string): Promise<Stored[]> {
  return prisma().revocation.findMany({
    where: {
      ...(identityId ? { identityId } : {}),
      undoneBy: null,
      state: { not: 'regrown' },
      steps: { some: { verb: { not: 'regrowth' }, state: { notIn: ['verified', 'unverifiable'] } } },
    },
    include: steps,
    orderBy: { id: 'asc' },
    take: 200,
  });
}

/** Closed access that is being watched for coming back. */
export const watched = (): Promise<Stored[]> =>
  prisma().revocation.findMany({
    where: { undoneBy: null, steps: { some: { verb: 'regrowth', state: 'accepted' } } },
    include: steps,
    take: 500,
  });

export interface RegrownSession {
  id: string;
  label: string;
  startedAt: Date;
}

/** Sessions that began after the access was closed. What the decision point is told by callers it refuses is no access. */
export const sessionsSince = (identityId: string, since: Date): Promise<RegrownSession[]> =>
  prisma().session.findMany({
    where: { identityId, startedAt: { gt: since }, observedBy: { not: 'declared' } },
    select: { id: true, label: true, startedAt: true },
    orderBy: { startedAt: 'asc' },
    take: 20,
  });

export interface AllowRow {
  id: string;
  at: Date;
  action: string;
  resource_type: string;
  resource_id: string;
  amount: bigint | null;
  unit: string | null;
  scale: number;
}

/** Allows that committed after the revocation's own snapshot: a batch that was already reading finished under the old state. */
export async function allowsOutside(
  snapshot: string,
  identityId: string,
  sessionIds: string[] | null,
  since: Date,
): Promise<AllowRow[]> {
  const { rows } = await pool().query<AllowRow>(
    `select id, at, action, resource_type, resource_id, amount, unit, scale from decisions d
      where identity_id = $1 and verdict = 'allow' and not dry_run and day >= $3::date - 1 and at >= $3
        and ($4::uuid[] is null or session_id = any($4))
        and not pg_visible_in_snapshot(
          ((((pg_snapshot_xmax($2::pg_snapshot)::text::bigint >> 32) << 32) | d.xmin::text::bigint)::text)::xid8, $2::pg_snapshot)
      order by at limit 200`,
    [identityId, snapshot, since, sessionIds],
  );
  return rows;
}

/** State and ended sessions exactly as the decision point reads them, on a connection of its own. */
export async function stateAsDecided(identityId: string, sessionIds: string[]) {
  const identity = await pool().query<{ state: string; revision: string }>(
    'select state, state_revision::text as revision from identities where id = $1',
    [identityId],
  );
  const sessions = await pool().query<{ open: number; total: number }>(
    'select (count(*) filter (where ended_at is null))::int as open, count(*)::int as total from sessions where id = any($1)',
    [sessionIds],
  );
  return { ...identity.rows[0]!, ...sessions.rows[0]! };
}

export interface ListFilter {
  identityId?: string;
  sessionId?: string;
  kind?: RevocationKind;
  state?: RevocationState;
  q?: string;
}

export function pageOf(filter: ListFilter, before: string | null, take: number): Promise<Stored[]> {
  const { identityId, sessionId, kind, state, q } = filter;
  return prisma().$transaction(async (tx) => {
    const named = q
      ? await tx.identity.findMany({
          where: { name: { contains: q, mode: 'insensitive' } },
          select: { id: true },
          take: 1000,
        })
      : null;
    return tx.revocation.findMany({
      where: {
        ...(identityId ? { identityId } : {}),
        ...(sessionId ? { sessionIds: { has: sessionId } } : {}),
        ...(kind ? { kind } : {}),
        ...(state ? { state } : {}),
        ...(before ? { id: { lt: before } } : {}),
        ...(named
          ? {
              OR: [
                { identityId: { in: named.map((one) => one.id) } },
                { reason: { contains: q, mode: 'insensitive' as const } },
                { actorName: { contains: q, mode: 'insensitive' as const } },
              ],
            }
          : {}),
      },
      include: steps,
      orderBy: { id: 'desc' },
      take,
    });
  });
}

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

/**
 * Runs `work` while this process alone works on the identity's revocations. The lock lives on a connection of its own and
 * ends with the process, whatever ends it. Returns false when somebody else holds it.
 */
export async function aloneOn(identityId: string, work: () => Promise<void>): Promise<boolean> {
  const client = await pool().connect();
  client.on('error', () => undefined);
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ got: boolean }>(
      `select pg_try_advisory_lock(hashtextextended('braid.revocation:' || $1, 0)) as got`,
      [identityId],
    );
    if (!rows[0]!.got) return false;
    try {
      await work();
    } finally {
      await client
        .query(`select pg_advisory_unlock(hashtextextended('braid.revocation:' || $1, 0))`, [identityId])
        .catch((error: Error) => {
          broken = error;
        });
    }
    return true;
  } finally {
    client.removeAllListeners('error');
    client.release(broken);
  }
}
