import { prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';

export interface Meant {
  id: string;
  name: string;
  state: string;
  protected: boolean;
  stateChangedBy: string | null;
}

export interface MeantSession {
  id: string;
  identityId: string;
  device: string | null;
  network: string | null;
}

const IDENTITY = { id: true, name: true, state: true, protected: true, stateChangedBy: true } as const;
/** A subject that means more than this means nobody in particular. */
export const MOST_IDENTITIES = 20;
const MOST_SESSIONS = 2000;

/** Identities that go by one of these names. */
export async function named(names: { issuer: string; externalId: string }[]): Promise<Meant[]> {
  if (names.length === 0) return [];
  const aliases = await prisma().identityAlias.findMany({
    where: { OR: names },
    select: { identityId: true },
    distinct: ['identityId'],
    take: MOST_IDENTITIES + 1,
  });
  return byId(aliases.map((one) => one.identityId));
}

export const byId = (ids: string[]): Promise<Meant[]> =>
  prisma().identity.findMany({ where: { id: { in: ids } }, select: IDENTITY, orderBy: { id: 'asc' } });

/** Live sessions, of these identities (null: of any) and under one of these keys (null: whatever their key). */
export const liveOf = (identityIds: string[] | null, keys: string[] | null): Promise<MeantSession[]> =>
  prisma().session.findMany({
    where: {
      endedAt: null,
      ...(identityIds ? { identityId: { in: identityIds } } : {}),
      ...(keys ? { OR: [{ groupKey: { in: keys } }, { id: { in: keys.filter(isId) } }] } : {}),
    },
    select: { id: true, identityId: true, device: true, network: true },
    orderBy: { id: 'asc' },
    take: MOST_SESSIONS,
  });

const isId = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);

/** A credential that is gone where it was known: returns those of Braid's that were it. */
export async function endCredentials(tx: Tx, identityIds: string[], externalIds: string[]): Promise<string[]> {
  if (externalIds.length === 0) return [];
  const rows = await tx.credential.updateManyAndReturn({
    where: { identityId: { in: identityIds }, externalId: { in: externalIds }, state: { in: ['active', 'blocked'] } },
    data: { state: 'revoked' },
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

export const sessionsBy = (credentialIds: string[]): Promise<MeantSession[]> =>
  prisma().session.findMany({
    where: { endedAt: null, credentialId: { in: credentialIds } },
    select: { id: true, identityId: true, device: true, network: true },
    take: MOST_SESSIONS,
  });

/** What another system says of live sessions, as policies read it. */
export const tellSessions = (tx: Tx, ids: string[], said: { posture?: string; scope?: string; acr?: string }) =>
  tx.session.updateMany({ where: { id: { in: ids }, endedAt: null }, data: said });
