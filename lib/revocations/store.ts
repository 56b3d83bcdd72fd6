import { prisma } from '@/lib/db/client';
import type { Identity, Prisma, Revocation, RevocationStep, Session } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { literally } from '@/lib/http/model';
import { clock } from '@/lib/platform/clock';
import type { RecordedKind, RevocationKind, RevocationState } from '@/lib/revocations/model';

export type StoredStep = RevocationStep;
export type Stored = Revocation & { steps: StoredStep[] };
export type StoredIdentity = Pick<Identity, 'id' | 'name' | 'state' | 'protected'>;
export type StoredSession = Pick<
  Session,
  | 'id'
  | 'identityId'
  | 'connectorId'
  | 'credentialId'
  | 'toldBy'
  | 'source'
  | 'observedBy'
  | 'groupKey'
  | 'kind'
  | 'label'
  | 'startedAt'
  | 'lastEventAt'
  | 'endedAt'
  | 'liveUntil'
  | 'expiresAt'
  | 'native'
  | 'network'
  | 'agent'
>;

const SESSION = {
  id: true,
  identityId: true,
  connectorId: true,
  credentialId: true,
  toldBy: true,
  source: true,
  observedBy: true,
  groupKey: true,
  kind: true,
  label: true,
  startedAt: true,
  lastEventAt: true,
  endedAt: true,
  liveUntil: true,
  expiresAt: true,
  native: true,
  network: true,
  agent: true,
} as const;

/** A revocation comes with its steps, in their order. */
export const withSteps = { steps: { orderBy: { ordinal: 'asc' } } } as const;

export const findIdentity = (id: string) => prisma().identity.findUnique({ where: { id } });

/** The row as it is behind its lock: one round trip. */
export async function lockIdentity(tx: Tx, id: string): Promise<StoredIdentity | null> {
  const rows = await tx.$queryRaw<StoredIdentity[]>`
    select id::text, name, state, protected from identities where id = ${id}::uuid for update`;
  return rows[0] ?? null;
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
    omit: { sealedSecrets: true },
    orderBy: { name: 'asc' },
  });
  return { named, connectors };
}

/** Of these formats, those in which sessions were read that no connected system's own log told of. */
export async function readElsewhere(identityId: string, formats: string[]): Promise<Set<string>> {
  const found = await prisma().session.findMany({
    where: {
      identityId,
      source: { in: formats },
      connectorId: null,
      toldBy: { isEmpty: true },
      observedBy: { not: 'native' },
    },
    distinct: ['source'],
    select: { source: true },
  });
  return new Set(found.map((one) => one.source));
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
    where: { identityId, kind, undoneBy: null, drill: false },
    orderBy: { id: 'desc' },
    select: { id: true, state: true },
  });

/** One that takes this consent back and has not proven it yet. */
export async function consentUnderWay(tx: Tx, consentId: string): Promise<string | null> {
  await tx.$queryRaw`select 1 from consents where id = ${consentId}::uuid for update`;
  const found = await tx.revocation.findFirst({
    where: { consentId, undoneBy: null, state: { in: ['requested', 'accepted', 'effective', 'failed'] } },
    orderBy: { id: 'desc' },
    select: { id: true },
  });
  return found?.id ?? null;
}

/** A termination of all these sessions that is still under way or done. */
export async function terminationOf(tx: Tx, identityId: string, sessionIds: string[]): Promise<string | null> {
  const found = await tx.revocation.findFirst({
    where: { identityId, kind: 'terminate', sessionIds: { hasEvery: sessionIds } },
    orderBy: { id: 'desc' },
    select: { id: true },
  });
  return found?.id ?? null;
}

/** Marks what a new request makes void: revocations and pauses that it undoes, restores that it overtakes. */
export async function undo(
  tx: Tx,
  identityId: string,
  kinds: RevocationKind[],
  by: string,
  opens: boolean,
): Promise<void> {
  if (!kinds.length) return;
  // What opens an identity again opens what a drill had left shut, whichever way it was closed.
  const opened = opens ? [{ kind: 'revoke', drill: true }] : [];
  const undone = await tx.revocation.updateMany({
    where: { identityId, OR: [{ kind: { in: kinds } }, ...opened], undoneBy: null, id: { not: by } },
    data: { undoneBy: by },
  });
  if (!undone.count) return;
  await tx.revocationStep.updateMany({
    where: { verb: 'regrowth', state: { in: ['requested', 'accepted'] }, revocation: { undoneBy: by } },
    data: { detail: 'ended: undone by a later change', finishedAt: clock.now() },
  });
}

export const findRevocation = (id: string): Promise<Stored | null> =>
  prisma().revocation.findUnique({ where: { id }, include: withSteps });

export async function lockRevocation(tx: Tx, id: string): Promise<Stored | null> {
  await lockRow(tx, id);
  return readRevocation(tx, id);
}

/** The row alone, locked: one round trip. */
export async function lockRow(tx: Tx, id: string) {
  const rows = await tx.$queryRaw<
    {
      identityId: string;
      requestedAt: Date;
      reason: string;
      reasonCode: string;
      actorKind: string;
      undoneBy: string | null;
      signalId: string | null;
    }[]
  >`select identity_id::text as "identityId", requested_at as "requestedAt", reason, reason_code as "reasonCode", actor_kind as "actorKind",
           undone_by::text as "undoneBy", signal_id::text as "signalId" from revocations where id = ${id}::uuid for update`;
  return rows[0];
}

export const readRevocation = (tx: Tx, id: string): Promise<Stored | null> =>
  tx.revocation.findUnique({ where: { id }, include: withSteps });

export const changeRevocation = (tx: Tx, id: string, data: Prisma.RevocationUpdateInput) =>
  tx.revocation.update({ where: { id }, data });

export const changeInFlight = (id: string, inFlight: { snapshot: string; items: object[] }) =>
  prisma().revocation.update({ where: { id }, data: { inFlight }, select: { id: true } });

/** Those of an identity on which something may still have to be done, oldest first. */
export const unfinished = (identityId: string): Promise<Stored[]> =>
  prisma().revocation.findMany({
    where: { identityId, undoneBy: null, state: { not: 'regrown' }, dueAt: { not: null } },
    include: withSteps,
    orderBy: { id: 'asc' },
    take: 200,
  });

/** What was done to an identity before one revocation, newest first. */
export const pastOf = (identityId: string, before: string): Promise<Stored[]> =>
  prisma().revocation.findMany({
    where: { identityId, id: { lt: before }, kind: { not: 'terminate' } },
    include: withSteps,
    orderBy: { id: 'desc' },
    take: 100,
  });

export interface ListFilter {
  identityId?: string;
  sessionId?: string;
  kind?: RecordedKind;
  state?: RevocationState;
  q?: string;
  drills?: 'only' | 'too';
  connectorId?: string;
  actionId?: string;
  ids?: string[]; // none but these
}

export function pageOf(filter: ListFilter, before: string | null, take: number): Promise<Stored[]> {
  const { identityId, sessionId, kind, state, q, drills, connectorId, actionId, ids } = filter;
  const hidden = !drills && !identityId && !sessionId;
  return prisma().$transaction(async (tx) => {
    const named = q
      ? await tx.identity.findMany({
          where: { name: { contains: literally(q ?? ''), mode: 'insensitive' } },
          select: { id: true },
          take: 1000,
        })
      : null;
    return tx.revocation.findMany({
      where: {
        ...(identityId ? { identityId } : {}),
        ...(sessionId ? { sessionIds: { has: sessionId } } : {}),
        ...(actionId ? { actionId } : {}),
        ...(kind ? { kind } : {}),
        ...(state ? { state } : {}),
        ...(drills === 'only' ? { drill: true } : hidden ? { drill: false } : {}),
        ...(connectorId ? { steps: { some: { connectorId } } } : {}),
        ...(before || ids ? { id: { ...(before ? { lt: before } : {}), ...(ids ? { in: ids } : {}) } } : {}),
        ...(named
          ? {
              OR: [
                { identityId: { in: named.map((one) => one.id) } },
                { reason: { contains: literally(q ?? ''), mode: 'insensitive' as const } },
                { actorName: { contains: literally(q ?? ''), mode: 'insensitive' as const } },
              ],
            }
          : {}),
      },
      include: withSteps,
      orderBy: { id: 'desc' },
      take,
    });
  });
}
