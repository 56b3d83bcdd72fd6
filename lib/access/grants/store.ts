import type { AboutType, GrantState } from '@/lib/access/grants/model';
import { prisma } from '@/lib/db/client';
import type { Prisma } from '@/lib/db/generated/client';
import type { AccessGrantModel } from '@/lib/db/generated/models';
import type { Tx } from '@/lib/db/transaction';
import { literally } from '@/lib/http/model';

export type StoredGrant = AccessGrantModel;

export const insertGrant = (tx: Tx, data: Prisma.AccessGrantCreateInput) => tx.accessGrant.create({ data });

export const findGrant = (id: string) => prisma().accessGrant.findUnique({ where: { id } });

/** The grant, locked until the transaction ends. */
export async function lockGrant(tx: Tx, id: string): Promise<StoredGrant | null> {
  await tx.$executeRaw`select 1 from access_grants where id = ${id}::uuid for update`;
  return tx.accessGrant.findUnique({ where: { id } });
}

export const changeGrant = (tx: Tx, id: string, data: Prisma.AccessGrantUpdateInput) =>
  tx.accessGrant.update({ where: { id }, data });

/** What this session holds at `now`. Its end is exclusive: at that millisecond it is over. */
export const heldIn = (sessionId: string, now: Date) =>
  prisma().accessGrant.findFirst({
    where: { sessionId, state: 'granted', until: { gt: now } },
    orderBy: { id: 'desc' },
    select: { id: true, role: true, until: true },
  });

export const newestOf = (sessionId: string) =>
  prisma().accessGrant.findFirst({ where: { sessionId }, orderBy: { id: 'desc' } });

const isOpen = (now: Date): Prisma.AccessGrantWhereInput => ({
  OR: [
    { state: 'asked', lapsesAt: { gt: now } },
    { state: 'granted', until: { gt: now } },
  ],
});

export const openIn = (tx: Tx, sessionId: string, now: Date) =>
  tx.accessGrant.findFirst({ where: { sessionId, ...isOpen(now) } });

export interface Concerned {
  /** Those of this operator. */
  operatorId?: string;
  /** Only where the console session they belong to has ended. */
  signedOut?: boolean;
  /** Those this operator granted. */
  answeredById?: string;
}

/** Open ones, locked until the transaction ends. */
export async function lockOpen(tx: Tx, concerned: Concerned, now: Date): Promise<StoredGrant[]> {
  const { operatorId, answeredById, signedOut = false } = concerned;
  const rows = await tx.$queryRaw<{ id: string }[]>`select g.id from access_grants g
    where (g.state = 'asked' and g.lapses_at > ${now} or g.state = 'granted' and g.until > ${now})
      and (${operatorId ?? null}::uuid is null or g.operator_id = ${operatorId ?? null}::uuid)
      and (${answeredById ?? null}::text is null or g.answered_by_id = ${answeredById ?? null}::text)
      and (not ${signedOut} or exists (select from operator_sessions s where s.id = g.session_id and s.ended_at is not null))
    order by g.id for update of g`;
  return tx.accessGrant.findMany({ where: { id: { in: rows.map((row) => row.id) } }, orderBy: { id: 'asc' } });
}

/** Whose time is over at `now` and who are not written down as ended yet. */
export const overAt = (now: Date, limit: number) =>
  prisma().accessGrant.findMany({
    where: {
      OR: [
        { state: 'asked', lapsesAt: { lte: now } },
        { state: 'granted', until: { lte: now } },
      ],
    },
    select: { id: true },
    take: limit,
  });

const OF_STATE: Record<GrantState, (now: Date) => Prisma.AccessGrantWhereInput> = {
  waiting: (now) => ({ state: 'asked', lapsesAt: { gt: now } }),
  live: (now) => ({ state: 'granted', until: { gt: now } }),
  declined: () => ({ state: 'declined' }),
  ended: (now) => ({
    OR: [{ state: 'ended' }, { state: 'granted', until: { lte: now } }, { state: 'asked', lapsesAt: { lte: now } }],
  }),
};

interface Wanted {
  state?: GrantState;
  operatorId?: string;
  q?: string;
  cursor?: string;
  limit: number;
}

/** Those that wait for an answer first, then all others; newest first in both. One more than the limit tells of more. */
export async function grantRows(wanted: Wanted, now: Date): Promise<StoredGrant[]> {
  const { state, operatorId, q, cursor, limit } = wanted;
  const part = q ? { contains: literally(q), mode: 'insensitive' as const } : undefined;
  const filters: Prisma.AccessGrantWhereInput[] = [
    ...(state ? [OF_STATE[state](now)] : []),
    ...(operatorId ? [{ operatorId }] : []),
    ...(part ? [{ OR: [{ operatorName: part }, { reason: part }, { aboutName: part }, { answeredBy: part }] }] : []),
  ];
  const last = cursor
    ? await prisma().accessGrant.findUnique({ where: { id: cursor }, select: { state: true } })
    : null;
  const page = (waits: boolean, before: string | undefined, take: number) =>
    prisma().accessGrant.findMany({
      where: {
        AND: [...filters, { state: waits ? 'asked' : { not: 'asked' } }, ...(before ? [{ id: { lt: before } }] : [])],
      },
      orderBy: { id: 'desc' },
      take,
    });
  const amongWaiting = !cursor || last?.state === 'asked';
  const first = amongWaiting ? await page(true, cursor, limit + 1) : [];
  if (first.length > limit) return first;
  return [...first, ...(await page(false, amongWaiting ? undefined : cursor, limit + 1 - first.length))];
}

/** How many wait for somebody else than this operator. */
export const waitingFor = (operatorId: string, now: Date): Promise<number> =>
  prisma().accessGrant.count({
    where: { state: 'asked', lapsesAt: { gt: now }, operatorId: { not: operatorId } },
  });

/** The name of what a role is asked for; null: there is no such thing. */
export async function nameOf(tx: Tx, type: AboutType, id: string): Promise<string | null> {
  if (type === 'finding')
    return (await tx.finding.findUnique({ where: { id }, select: { title: true } }))?.title.slice(0, 600) ?? null;
  return (await tx.identity.findUnique({ where: { id }, select: { name: true } }))?.name.slice(0, 600) ?? null;
}

/** Other operators than this one who may grant. */
export const othersWhoGrant = (tx: Tx, roles: readonly string[], exceptId: string): Promise<number> =>
  tx.operator.count({ where: { state: 'active', role: { in: [...roles] }, id: { not: exceptId } } });

/** What was done under a grant, oldest first. */
export const actRows = (grantId: string, cursor: string | undefined, take: number) =>
  prisma().auditEntry.findMany({
    where: { grantId, ...(cursor ? { id: { gt: cursor } } : {}) },
    orderBy: { id: 'asc' },
    take,
    omit: { day: true, writer: true, hash: true },
  });
