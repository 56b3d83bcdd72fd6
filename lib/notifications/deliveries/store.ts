import type { z } from 'zod';
import { pool, prisma } from '@/lib/db/client';
import type { NotificationChannel, NotificationDelivery, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import { literally } from '@/lib/http/model';
import type { listDeliveriesSchema, NoticeFact } from '@/lib/notifications/model';
import { factOf } from '@/lib/notifications/store';
import { newId } from '@/lib/platform/ids';

export type Stored = NotificationDelivery;

export interface NewDelivery {
  channelId: string;
  routeId: string | null;
  kind: 'single' | 'digest' | 'test';
  subject: string;
  recipient: string | null;
  title: string;
  state: 'collecting' | 'waiting';
  dueAt: Date;
  at: Date;
}

export async function insertDelivery(tx: Tx, { at, ...given }: NewDelivery): Promise<string> {
  const id = newId();
  await tx.notificationDelivery.create({ data: { ...given, id, since: at, createdAt: at } });
  return id;
}

/** The message that collects for this route and recipient, locked so that it is not sent meanwhile. */
export async function collecting(tx: Tx, routeId: string, recipient: string | null): Promise<string | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`select id::text from notification_deliveries
    where route_id = ${routeId}::uuid and coalesce(recipient, '') = ${recipient ?? ''} and state = 'collecting' for update`;
  return rows[0]?.id ?? null;
}

export const addItem = (tx: Tx, noticeId: string, channelId: string, deliveryId: string) =>
  tx.notificationItem.create({ data: { noticeId, channelId, deliveryId } });

export const channelHas = async (tx: Tx, noticeId: string, channelId: string): Promise<boolean> =>
  (await tx.notificationItem.count({ where: { noticeId, channelId } })) > 0;

/** Messages of one notice each that a route has made since. */
export const countSingles = (tx: Tx, routeId: string, since: Date): Promise<number> =>
  tx.notificationDelivery.count({ where: { routeId, kind: 'single', createdAt: { gt: since } } });

/** An older message about the same waits: what closed is not told before what was raised. */
const FIRST_OF_ITS_SUBJECT = `not exists (select 1 from notification_deliveries o
  where o.channel_id = d.channel_id and o.subject = d.subject and o.state = 'waiting' and o.id < d.id)`;

export interface Claimed {
  delivery: Stored;
  channel: NotificationChannel;
  notices: NoticeFact[];
}

/**
 * Takes the oldest message of a channel that is due, and keeps others from taking it for `leaseMs`: whoever dies with it in
 * hand only delays it. Nothing is taken while the channel is held, nor before an older message about the same subject.
 */
export async function claim(channelId: string, nowMs: number, leaseMs: number): Promise<Claimed | null> {
  const now = new Date(nowMs);
  const { rows } = await pool().query<{ id: string }>(
    `update notification_deliveries set state = 'waiting', attempts = attempts + 1, last_tried_at = $2, due_at = $3
      where id = (
        select d.id from notification_deliveries d join notification_channels c on c.id = d.channel_id
         where d.channel_id = $1 and d.state in ('collecting', 'waiting') and d.due_at <= $2
           and c.state = 'enabled' and (c.held_until is null or c.held_until <= $2)
           and ${FIRST_OF_ITS_SUBJECT}
         order by d.id limit 1 for update of d skip locked)
      returning id::text`,
    [channelId, now, new Date(nowMs + leaseMs)],
  );
  return rows[0] ? readClaimed(rows[0].id) : null;
}

async function readClaimed(id: string): Promise<Claimed | null> {
  const found = await prisma().notificationDelivery.findUnique({
    where: { id },
    include: { channel: true, items: { include: { notice: true }, orderBy: { noticeId: 'asc' } } },
  });
  if (!found) return null;
  const { channel, items, ...delivery } = found;
  return { delivery, channel, notices: items.map(({ notice }) => factOf(notice)) };
}

export const changeDelivery = (tx: Tx, id: string, data: Prisma.NotificationDeliveryUpdateInput) =>
  tx.notificationDelivery.updateMany({ where: { id }, data });

export async function lockDelivery(tx: Tx, id: string): Promise<Stored | null> {
  await tx.$queryRaw`select 1 from notification_deliveries where id = ${id}::uuid for update`;
  return tx.notificationDelivery.findUnique({ where: { id } });
}

/** When the channel has something to do next, ms; null: nothing waits. */
export async function nextDue(channelId: string): Promise<number | null> {
  const { rows } = await pool().query<{ at: Date | null }>(
    `select greatest(min(d.due_at), max(c.held_until)) as at from notification_deliveries d
       join notification_channels c on c.id = d.channel_id
      where d.channel_id = $1 and d.state in ('collecting', 'waiting') and c.state = 'enabled' and ${FIRST_OF_ITS_SUBJECT}`,
    [channelId],
  );
  return rows[0]?.at?.getTime() ?? null;
}

/** Channels that have something to send now. */
export async function dueChannels(now: Date): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `select distinct c.id::text from notification_channels c join notification_deliveries d on d.channel_id = c.id
      where c.state = 'enabled' and d.state in ('collecting', 'waiting') and d.due_at <= $1
        and (c.held_until is null or c.held_until <= $1) and ${FIRST_OF_ITS_SUBJECT}`,
    [now],
  );
  return rows.map(({ id }) => id);
}

export async function countsOf(): Promise<Map<string, { waiting: number; dead: number }>> {
  const { rows } = await pool().query<{ id: string; waiting: number; dead: number }>(
    `select channel_id::text as id, count(*) filter (where state in ('collecting', 'waiting'))::int as waiting,
            count(*) filter (where state = 'dead')::int as dead
       from notification_deliveries where state <> 'delivered' and kind <> 'test' group by 1`,
  );
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

/** Newest first. */
export function readDeliveries(query: z.output<typeof listDeliveriesSchema>) {
  const { channelId, state, q, cursor, limit } = query;
  const like = q ? literally(q) : undefined;
  return prisma().notificationDelivery.findMany({
    where: {
      ...(channelId ? { channelId } : {}),
      ...(state === 'unfinished' ? { state: { in: ['collecting', 'waiting', 'dead'] } } : state ? { state } : {}),
      ...(like
        ? {
            OR: [
              { title: { contains: like, mode: 'insensitive' } },
              { recipient: { contains: like, mode: 'insensitive' } },
            ],
          }
        : {}),
      ...(cursor ? { id: { lt: cursor } } : {}),
    },
    include: {
      channel: { select: { name: true, kind: true, state: true, heldUntil: true } },
      items: { include: { notice: true }, orderBy: { noticeId: 'asc' }, take: 50 },
      _count: { select: { items: true } },
    },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
}

/** One that was tried and is over with it: the log of a test. */
export const insertTest = (tx: Tx, data: Prisma.NotificationDeliveryUncheckedCreateInput) =>
  tx.notificationDelivery.create({ data });

export const countWaiting = (tx: Tx, channelId: string): Promise<number> =>
  tx.notificationDelivery.count({ where: { channelId, state: { in: ['collecting', 'waiting'] } } });
