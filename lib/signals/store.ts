import { prisma } from '@/lib/db/client';
import type { Prisma, SignalKey, SignalOut, SignalReceiver, SignalStream } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';

export type StoredReceiver = SignalReceiver;
export type StoredStream = SignalStream;
export type StoredSet = SignalOut;
export type StoredKey = SignalKey;

// ── keys ──

/** One at a time makes keys. */
export const lockKeys = (tx: Tx) => tx.$executeRaw`select pg_advisory_xact_lock(7262031)`;
export const readKeys = (tx: Tx | null, now: Date): Promise<StoredKey[]> =>
  (tx ?? prisma()).signalKey.findMany({
    where: { OR: [{ shownUntil: null }, { shownUntil: { gt: now } }] },
    orderBy: [{ usedFrom: 'desc' }, { id: 'asc' }],
  });
export const insertKey = (tx: Tx, data: Prisma.SignalKeyCreateInput) => tx.signalKey.create({ data });
export const showKeysUntil = (tx: Tx, exceptId: string, until: Date) =>
  tx.signalKey.updateMany({
    where: { id: { not: exceptId }, OR: [{ shownUntil: null }, { shownUntil: { gt: until } }] },
    data: { shownUntil: until },
  });

// ── receivers and their access tokens ──

export const findReceiver = (id: string): Promise<StoredReceiver | null> =>
  prisma().signalReceiver.findUnique({ where: { id } });
export const listReceiverRows = () =>
  prisma().signalReceiver.findMany({
    include: { streams: { orderBy: { id: 'asc' } } },
    orderBy: { name: 'asc' },
    take: 200,
  });
export const insertReceiver = (tx: Tx, data: Prisma.SignalReceiverCreateInput) => tx.signalReceiver.create({ data });
export const changeReceiver = (tx: Tx, id: string, data: Prisma.SignalReceiverUpdateInput) =>
  tx.signalReceiver.update({ where: { id }, data });
export const deleteReceiver = (tx: Tx, id: string) => tx.signalReceiver.delete({ where: { id } });
export const seenReceiver = (id: string, at: Date) =>
  prisma().signalReceiver.updateMany({ where: { id }, data: { lastSeenAt: at } });

export async function lockReceiver(tx: Tx, id: string): Promise<StoredReceiver | null> {
  await tx.$queryRaw`select 1 from signal_receivers where id = ${id}::uuid for update`;
  return tx.signalReceiver.findUnique({ where: { id } });
}
export const nameTaken = async (tx: Tx, name: string, audience: string, except?: string): Promise<boolean> =>
  (await tx.signalReceiver.count({
    where: { OR: [{ name }, { audience }], ...(except ? { id: { not: except } } : {}) },
  })) > 0;

export const insertGrant = (data: Prisma.SignalGrantUncheckedCreateInput) => prisma().signalGrant.create({ data });
export const findGrant = (hash: string) =>
  prisma().signalGrant.findUnique({ where: { hash }, include: { receiver: true } });
export const forgetGrants = (tx: Tx, receiverId: string) => tx.signalGrant.deleteMany({ where: { receiverId } });
export const forgetExpiredGrants = (now: Date) =>
  prisma().signalGrant.deleteMany({ where: { expiresAt: { lt: now } } });

// ── streams ──

export const streamsOf = (receiverId: string): Promise<StoredStream[]> =>
  prisma().signalStream.findMany({ where: { receiverId }, orderBy: { id: 'asc' }, take: 200 });
export const findStream = (id: string) =>
  prisma().signalStream.findUnique({ where: { id }, include: { receiver: true } });
export const countStreams = (tx: Tx, receiverId: string) => tx.signalStream.count({ where: { receiverId } });
export const insertStream = (tx: Tx, data: Prisma.SignalStreamUncheckedCreateInput) => tx.signalStream.create({ data });
export const changeStreamRow = (tx: Tx, id: string, data: Prisma.SignalStreamUpdateInput) =>
  tx.signalStream.update({ where: { id }, data });
export const deleteStream = (tx: Tx, id: string) => tx.signalStream.delete({ where: { id } });
export async function lockStream(tx: Tx, id: string): Promise<StoredStream | null> {
  await tx.$queryRaw`select 1 from signal_streams where id = ${id}::uuid for update`;
  return tx.signalStream.findUnique({ where: { id } });
}
/** Its receiver did something. */
export const touchStream = (id: string, at: Date) =>
  prisma().signalStream.updateMany({ where: { id }, data: { activeAt: at } });

export const putSubject = (tx: Tx, data: Prisma.SignalSubjectUncheckedCreateInput) =>
  tx.signalSubject.upsert({
    where: { streamId_key: { streamId: data.streamId, key: data.key } },
    create: data,
    update: { subject: data.subject, state: data.state, verified: data.verified ?? null, at: data.at },
  });
export const countSubjects = (tx: Tx, streamId: string) => tx.signalSubject.count({ where: { streamId } });

/** Streams that carry something now, with the subjects their receivers do not want. */
export const carrying = (tx: Tx) =>
  tx.signalStream.findMany({
    where: { status: { not: 'disabled' }, receiver: { state: 'enabled' } },
    include: { subjects: { where: { state: 'removed' } } },
    orderBy: { id: 'asc' },
  });

export const quiet = (before: Date) =>
  prisma().signalStream.findMany({
    where: { status: 'enabled', activeAt: { lt: before } },
    select: { id: true },
    take: 100,
  });

// ── security event tokens ──

export type NewSet = Prisma.SignalOutCreateManyInput;
export const insertSets = (tx: Tx, data: NewSet[]) => tx.signalOut.createMany({ data });
export const dropWaiting = (tx: Tx, streamId: string) =>
  tx.signalOut.deleteMany({ where: { streamId, state: 'waiting', control: false } });

/** Unacknowledged, oldest first: what a paused stream may send is what says that it is paused. */
export const waiting = (streamId: string, enabled: boolean, take: number): Promise<StoredSet[]> =>
  prisma().signalOut.findMany({
    where: { streamId, state: 'waiting', ...(enabled ? {} : { control: true }) },
    orderBy: { id: 'asc' },
    take,
  });
export const handedOver = (ids: string[], at: Date) =>
  prisma().signalOut.updateMany({
    where: { id: { in: ids } },
    data: { attempts: { increment: 1 }, lastTriedAt: at },
  });
export const acknowledge = (tx: Tx, streamId: string, ids: string[], at: Date) =>
  tx.signalOut.updateManyAndReturn({
    where: { streamId, id: { in: ids }, state: 'waiting' },
    data: { state: 'delivered', deliveredAt: at },
    select: { event: true },
  });
export const refuse = (tx: Tx, streamId: string, id: string, error: { err: string; description?: string }) =>
  tx.signalOut.updateMany({ where: { streamId, id, state: 'waiting' }, data: { state: 'refused', error } });
export const changeSet = (tx: Tx, id: string, data: Prisma.SignalOutUpdateInput) =>
  tx.signalOut.updateMany({ where: { id }, data });

/** Facts of a revocation that others are told of. */
export const readRevoked = (tx: Tx, id: string) => tx.revocation.findUnique({ where: { id } });
export const readNamed = (tx: Tx, identityId: string) =>
  tx.identity.findUnique({
    where: { id: identityId },
    include: {
      aliases: { orderBy: [{ createdAt: 'asc' }, { externalId: 'asc' }], take: 50 },
      credentials: { where: { state: 'active' }, take: 200 },
    },
  });
export const readSessionKeys = (tx: Tx, ids: string[]) =>
  tx.session.findMany({
    where: { id: { in: ids } },
    select: { id: true, groupKey: true, source: true },
    orderBy: { id: 'asc' },
  });

export type Named = NonNullable<Awaited<ReturnType<typeof readNamed>>>;
export type Revoked = NonNullable<Awaited<ReturnType<typeof readRevoked>>>;

/** What one transaction of the database is called: the same for all that is written in it. */
export async function transactionName(tx: Tx): Promise<string> {
  const [row] = await tx.$queryRaw<{ name: string }[]>`
    select pg_current_xact_id()::text || ' ' || extract(epoch from transaction_timestamp())::text as name`;
  return row!.name;
}
