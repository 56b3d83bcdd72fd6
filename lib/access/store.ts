import type { Role, Scope } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import { literally } from '@/lib/http/model';

const part = (text: string) => ({ contains: literally(text), mode: 'insensitive' as const });

const OPERATOR = { id: true, email: true, name: true, role: true, state: true, createdAt: true, lastSignInAt: true };
const TOKEN = {
  id: true,
  name: true,
  issuer: true,
  scopes: true,
  prefix: true,
  createdAt: true,
  createdBy: true,
  lastUsedAt: true,
  expiresAt: true,
  revokedAt: true,
  mode: true,
  staleSecs: true,
  settleAfterSecs: true,
};

// ── operators ──

export const countOperators = (tx: Tx): Promise<number> => tx.operator.count();

export const findOperatorByEmail = (tx: Tx | undefined, email: string) =>
  (tx ?? prisma()).operator.findUnique({ where: { email } });

/** The operator's row, locked until the transaction ends. */
export async function lockOperator(tx: Tx, id: string) {
  await tx.$executeRaw`select 1 from operators where id = ${id}::uuid for update`;
  return tx.operator.findUnique({ where: { id } });
}

/** Serialises changes that could leave Braid without an administrator. */
export const lockAdministrators = (tx: Tx) => tx.$executeRaw`select pg_advisory_xact_lock(7262003)`;

export const countActiveAdministrators = (tx: Tx): Promise<number> =>
  tx.operator.count({ where: { role: 'admin', state: 'active' } });

export const insertOperator = (
  tx: Tx,
  row: { id: string; email: string; name: string; role: Role; passwordHash: string },
) => tx.operator.create({ data: row, select: OPERATOR });

export const changeOperator = (
  tx: Tx,
  id: string,
  data: { name?: string; role?: Role; state?: string; passwordHash?: string; lastSignInAt?: Date },
) => tx.operator.update({ where: { id }, data, select: OPERATOR });

export const operatorRows = (after: string | undefined, limit: number, q: string | undefined) =>
  prisma().operator.findMany({
    where: {
      ...(after ? { id: { gt: after } } : {}),
      ...(q ? { OR: [{ email: part(q) }, { name: part(q) }] } : {}),
    },
    select: OPERATOR,
    orderBy: { id: 'asc' },
    take: limit + 1,
  });

// ── operator sessions ──

export const insertSession = (
  tx: Tx,
  row: {
    id: string;
    operatorId: string;
    createdAt: Date;
    lastSeenAt: Date;
    expiresAt: Date;
    ip?: string;
    userAgent?: string;
  },
) => tx.operatorSession.create({ data: row });

/** The session if it may act at `now`: not ended, not expired, operator active. */
export const liveSession = (id: string, now: Date) =>
  prisma().operatorSession.findFirst({
    where: { id, endedAt: null, expiresAt: { gt: now }, operator: { state: 'active' } },
    include: { operator: { select: OPERATOR } },
  });

export const touchSession = (id: string, now: Date) =>
  prisma().operatorSession.updateMany({ where: { id, endedAt: null }, data: { lastSeenAt: now } });

export const findSession = (tx: Tx, id: string) =>
  tx.operatorSession.findUnique({ where: { id }, include: { operator: { select: { name: true } } } });

/** The session's row, locked until the transaction ends. */
export async function lockSession(tx: Tx, id: string) {
  await tx.$executeRaw`select 1 from operator_sessions where id = ${id}::uuid for update`;
  return tx.operatorSession.findUnique({ where: { id } });
}

export const endSessions = async (
  tx: Tx,
  where: { id?: string; operatorId?: string; exceptId?: string },
  at: Date,
  by: string,
): Promise<number> => {
  const ended = await tx.operatorSession.updateMany({
    where: {
      endedAt: null,
      ...(where.id ? { id: where.id } : where.exceptId ? { id: { not: where.exceptId } } : {}),
      ...(where.operatorId ? { operatorId: where.operatorId } : {}),
    },
    data: { endedAt: at, endedBy: by },
  });
  return ended.count;
};

export const sessionsOf = (operatorId: string, now: Date) =>
  prisma().operatorSession.findMany({
    where: { operatorId, endedAt: null, expiresAt: { gt: now } },
    orderBy: { id: 'desc' },
    take: 100,
  });

// ── set-up links ──

export const insertSetupLink = (tx: Tx, row: { tokenHash: string; createdAt: Date; expiresAt: Date }) =>
  tx.setupLink.create({ data: row });

export const dropUnusedSetupLinks = (tx: Tx) => tx.setupLink.deleteMany({ where: { usedAt: null } });

/** Marks a link used if it can still be used. false: unknown, used before, or expired. */
export const spendSetupLink = async (tx: Tx, tokenHash: string, now: Date): Promise<boolean> => {
  const spent = await tx.setupLink.updateMany({
    where: { tokenHash, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  return spent.count === 1;
};

export const usableSetupLink = async (tokenHash: string, now: Date): Promise<boolean> =>
  (await prisma().setupLink.count({ where: { tokenHash, usedAt: null, expiresAt: { gt: now } } })) === 1;

// ── API tokens ──

/** Who made this token. */
export const makerOf = async (tx: Tx, tokenId: string): Promise<string | null> =>
  (await tx.apiToken.findUnique({ where: { id: tokenId }, select: { createdBy: true } }))?.createdBy ?? null;

export const insertToken = (
  tx: Tx,
  row: {
    id: string;
    name: string;
    issuer: string;
    scopes: Scope[];
    hash: string;
    prefix: string;
    createdBy: string;
    createdAt: Date;
    expiresAt?: Date;
  },
) => tx.apiToken.create({ data: row, select: TOKEN });

export const findTokenByHash = (hash: string) =>
  prisma().apiToken.findUnique({ where: { hash }, select: { ...TOKEN, hash: true } });

export const findToken = (tx: Tx, id: string) => tx.apiToken.findUnique({ where: { id }, select: TOKEN });

export const markTokenRevoked = (tx: Tx, id: string, at: Date) =>
  tx.apiToken.update({ where: { id }, data: { revokedAt: at }, select: TOKEN });

export const changePoint = (
  tx: Tx,
  id: string,
  data: { mode: string; staleSecs: number | null; settleAfterSecs: number | null },
) => tx.apiToken.update({ where: { id }, data, select: TOKEN });

export const touchToken = (id: string, at: Date) =>
  prisma().apiToken.updateMany({ where: { id }, data: { lastUsedAt: at } });

export const tokenRows = (before: string | undefined, limit: number, q: string | undefined) =>
  prisma().apiToken.findMany({
    where: {
      ...(before ? { id: { lt: before } } : {}),
      ...(q ? { OR: [{ name: part(q) }, { issuer: part(q) }] } : {}),
    },
    select: TOKEN,
    orderBy: { id: 'desc' },
    take: limit + 1,
  });

/** When an operator session began, and what its operator's password is checked against. */
export const operatorSignedIn = (id: string) =>
  prisma().operatorSession.findFirst({
    where: { id, endedAt: null },
    select: { createdAt: true, operator: { select: { passwordHash: true } } },
  });
