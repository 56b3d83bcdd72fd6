import { prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import { literally } from '@/lib/http/model';
import type { Gone } from '@/lib/signals/act-evaluate';
import { caepType } from '@/lib/signals/event-model';

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

/** A live session that goes by a key, and where. */
export interface KeyedSession extends MeantSession {
  groupKey: string;
  /** The system it lives in: its connector, else the log or caller that told of it. */
  system: string;
  /** Issuer of the names its connector's identities answer to; null: it has none. */
  issuer: string | null;
  /** Declared by a caller whose namespace the transmitter speaks in, or named by the id Braid gave it: there is no other. */
  named: boolean;
}

const IDENTITY = { id: true, name: true, state: true, protected: true, stateChangedBy: true } as const;
/** Identities that are told apart where a subject means several. */
const MOST_IDENTITIES = 20;
const MOST_SESSIONS = 2000;

/** Identities that go by one of these names. */
export async function named(names: { issuer: string; externalId: string }[]): Promise<Meant[]> {
  if (names.length === 0) return [];
  const aliases = await prisma().identityAlias.findMany({
    where: { OR: names },
    select: { identityId: true },
    distinct: ['identityId'],
    take: MOST_IDENTITIES,
  });
  return byId(aliases.map((one) => one.identityId));
}

export const byId = (ids: string[]): Promise<Meant[]> =>
  prisma().identity.findMany({ where: { id: { in: ids } }, select: IDENTITY, orderBy: { id: 'asc' } });

/** A name a session may have. An issuer of its own is kept beside it. */
export interface Key {
  iss?: string;
  word: string;
}

/** Namespace of the caller that declared a session, and the id it gave it, as `exposures` keeps them in its key. */
function declaredOf(groupKey: string): { namespace: unknown; word: unknown } | null {
  try {
    const parts: unknown = JSON.parse(groupKey);
    return Array.isArray(parts) && parts.length === 4 ? { namespace: parts[0], word: parts[3] } : null;
  } catch {
    return null;
  }
}

/**
 * Live sessions, of these identities (null: of any) and under one of these keys (null: whatever their key). What a caller of the
 * decision point declared goes by the id it gave; where no identity is named, only in the transmitter's own namespace or under
 * the issuer of the name.
 */
export async function liveOf(
  identityIds: string[] | null,
  keys: Key[] | null,
  namespace: string,
): Promise<KeyedSession[]> {
  const words = keys?.map(({ word }) => word) ?? [];
  const rows = await prisma().session.findMany({
    where: {
      endedAt: null,
      ...(identityIds ? { identityId: { in: identityIds } } : {}),
      ...(keys
        ? {
            OR: [
              { groupKey: { in: words } },
              { id: { in: words.filter(isId) } },
              ...words.map((word) => ({
                source: 'pdp',
                groupKey: { endsWith: literally(`,${JSON.stringify(word)}]`) },
              })),
            ],
          }
        : {}),
    },
    select: {
      id: true,
      identityId: true,
      device: true,
      network: true,
      source: true,
      groupKey: true,
      connectorId: true,
    },
    orderBy: { id: 'asc' },
    take: MOST_SESSIONS,
  });
  const isMeant = ({ id, source, groupKey }: (typeof rows)[number]): boolean => {
    const declared = source === 'pdp' ? declaredOf(groupKey) : null;
    if (!keys || !declared || words.includes(id)) return true;
    return keys.some(
      ({ iss, word }) =>
        word === declared.word &&
        (identityIds !== null || declared.namespace === namespace || (iss !== undefined && declared.namespace === iss)),
    );
  };
  const meant = rows.filter(isMeant);
  const issuers = await issuersOf([...new Set(meant.flatMap((one) => one.connectorId ?? []))]);
  return meant.map(({ id, identityId, device, network, source, groupKey, connectorId }) => ({
    id,
    identityId,
    device,
    network,
    groupKey,
    system: connectorId ?? source,
    issuer: connectorId ? (issuers.get(connectorId) ?? null) : null,
    named: words.includes(id) || (source === 'pdp' && declaredOf(groupKey) !== null),
  }));
}

async function issuersOf(connectorIds: string[]): Promise<Map<string, string>> {
  const rows = await prisma().connector.findMany({
    where: { id: { in: connectorIds } },
    select: { id: true, issuer: true },
  });
  return new Map(rows.map((row) => [row.id, row.issuer]));
}

const isId = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);

/**
 * A name is optional. The only one of its type is the one that is gone; of several none can be marked, and any may be it: what
 * came by any of them is meant.
 */
async function endUnnamed(tx: Tx, identityIds: string[], type: string): Promise<string[]> {
  const ended: string[] = [];
  for (const identityId of identityIds) {
    const where = { identityId, state: { in: ['active', 'blocked'] } };
    const all = await tx.credential.findMany({ where, select: { id: true, kind: true } });
    const meant = all.filter(({ kind }) => caepType(kind) === type).map(({ id }) => id);
    if (meant.length === 1) await tx.credential.update({ where: { id: meant[0]! }, data: { state: 'revoked' } });
    ended.push(...meant);
  }
  return ended;
}

/** A credential that is gone where it was known: returns those of Braid's that were it, also where that was written before. */
export async function endCredentials(tx: Tx, identityIds: string[], gone: Gone): Promise<string[]> {
  if (gone.names.length === 0) return endUnnamed(tx, identityIds, gone.type);
  const meant = { identityId: { in: identityIds }, externalId: { in: gone.names } };
  const open = { ...meant, state: { in: ['active', 'blocked'] } };
  await tx.credential.updateMany({ where: open, data: { state: 'revoked' } });
  const rows = await tx.credential.findMany({ where: { ...meant, state: 'revoked' }, select: { id: true } });
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
