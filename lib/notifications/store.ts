import { pool, prisma } from '@/lib/db/client';
import type { NotificationChannel, NotificationRoute, Prisma } from '@/lib/db/generated/client';
import type { Tx } from '@/lib/db/transaction';
import type { Event, NoticeBody, NoticeFact, Told } from '@/lib/notifications/model';
import { newId } from '@/lib/platform/ids';

export type StoredChannel = NotificationChannel;
export type StoredRoute = NotificationRoute;

// ── channels and routes ────────────────────────────────────────────────────────────────────────────────────────────

export const allChannels = (): Promise<(StoredChannel & { routes: StoredRoute[] })[]> =>
  prisma().notificationChannel.findMany({ include: { routes: { orderBy: { id: 'asc' } } }, orderBy: { name: 'asc' } });
export const findChannel = (id: string): Promise<StoredChannel | null> =>
  prisma().notificationChannel.findUnique({ where: { id } });
export async function lockChannel(tx: Tx, id: string): Promise<StoredChannel | null> {
  await tx.$queryRaw`select 1 from notification_channels where id = ${id}::uuid for update`;
  return tx.notificationChannel.findUnique({ where: { id } });
}
export const nameTaken = async (tx: Tx, name: string, exceptId?: string): Promise<boolean> => {
  const found = await tx.notificationChannel.findUnique({ where: { name }, select: { id: true } });
  return Boolean(found && found.id !== exceptId);
};
export const insertChannel = (tx: Tx, data: Prisma.NotificationChannelUncheckedCreateInput) =>
  tx.notificationChannel.create({ data });
export const changeChannel = (tx: Tx, id: string, data: Prisma.NotificationChannelUpdateInput) =>
  tx.notificationChannel.update({ where: { id }, data });
export const deleteChannel = (tx: Tx, id: string) => tx.notificationChannel.delete({ where: { id } });

export const findRoute = (tx: Tx, id: string): Promise<(StoredRoute & { channel: StoredChannel }) | null> =>
  tx.notificationRoute.findUnique({ where: { id }, include: { channel: true } });
export const insertRoute = (tx: Tx, data: Prisma.NotificationRouteUncheckedCreateInput) =>
  tx.notificationRoute.create({ data });
export const changeRoute = (tx: Tx, id: string, data: Prisma.NotificationRouteUpdateInput) =>
  tx.notificationRoute.update({ where: { id }, data });
export const deleteRoute = (tx: Tx, id: string) => tx.notificationRoute.delete({ where: { id } });
export const countRoutes = (tx: Tx, channelId: string): Promise<number> =>
  tx.notificationRoute.count({ where: { channelId } });

// ── notices ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Does anybody listen? Where nobody does, nothing is written. */
export async function anybodyListens(tx: Tx): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ listens: boolean }[]>`select exists (select 1 from notification_routes r
    join notification_channels c on c.id = r.channel_id where r.state = 'enabled' and c.state = 'enabled') as listens`;
  return row!.listens;
}

/** Does anybody listen to this one? */
export async function anybodyListensTo(tx: Tx, event: Event): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ listens: boolean }[]>`select exists (select 1 from notification_routes r
    join notification_channels c on c.id = r.channel_id
    where r.state = 'enabled' and c.state = 'enabled' and r.match->'events' @> to_jsonb(array[${event}::text])) as listens`;
  return row!.listens;
}

export const insertNotices = (tx: Tx, told: readonly Told[], at: Date) =>
  tx.notice.createMany({
    data: told.map(({ event, target, identityId, severity, detector, body }) => ({
      id: newId(),
      at,
      event,
      targetType: target.type,
      targetId: target.id,
      identityId,
      severity,
      detector: detector ?? null,
      body: body as unknown as Prisma.InputJsonObject,
    })),
  });

type StoredNotice = Awaited<ReturnType<Tx['notice']['findMany']>>[number];

export const factOf = (row: StoredNotice): NoticeFact => ({
  id: row.id,
  at: row.at.toISOString(),
  event: row.event as Event,
  target: { type: row.targetType as NoticeFact['target']['type'], id: row.targetId },
  identityId: row.identityId,
  severity: row.severity as NoticeFact['severity'],
  detector: row.detector,
  body: row.body as unknown as NoticeBody,
});

/** One router at a time; it waits for the one before it. */
export const lockRouting = (tx: Tx) => tx.$executeRaw`select pg_advisory_xact_lock(7262040)`;

export async function unroutedNotices(tx: Tx, most: number): Promise<NoticeFact[]> {
  const rows = await tx.notice.findMany({ where: { routedAt: null }, orderBy: { id: 'asc' }, take: most });
  return rows.map(factOf);
}

/** Notices with the identity they were about, as it was then, are kept as told. */
export const markRouted = (tx: Tx, notice: NoticeFact, at: Date) =>
  tx.notice.update({
    where: { id: notice.id },
    data: { routedAt: at, body: notice.body as unknown as Prisma.InputJsonObject },
  });

export const activeRoutes = (tx: Tx): Promise<(StoredRoute & { channel: StoredChannel })[]> =>
  tx.notificationRoute.findMany({
    where: { state: 'enabled', channel: { state: 'enabled' } },
    include: { channel: true },
    orderBy: [{ digestSecs: 'asc' }, { id: 'asc' }],
  });

/** Who the identities are now, for messages and for routing. */
export async function describeIdentities(
  tx: Tx,
  ids: string[],
): Promise<Map<string, NonNullable<NoticeBody['identity']>>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.identity.findMany({
    where: { id: { in: ids } },
    select: {
      id: true,
      name: true,
      kind: true,
      state: true,
      owner: true,
      environment: true,
      memberships: { select: { workflow: { select: { name: true } } }, take: 50 },
    },
  });
  return new Map(
    rows.map(({ memberships, ...row }) => [
      row.id,
      {
        ...row,
        owner: row.owner?.slice(0, 500) ?? null,
        environment: row.environment?.slice(0, 200) ?? null,
        workflows: memberships.map(({ workflow }) => workflow.name.slice(0, 200)),
      },
    ]),
  );
}

/** Notices older than this that no message waits for are let go, with the messages of that time. */
export async function letGo(before: Date): Promise<number> {
  await pool().query(`delete from notification_deliveries where created_at < $1 and state in ('delivered', 'dead')`, [
    before,
  ]);
  const gone = await pool().query(
    `delete from notices n where at < $1 and routed_at is not null
       and not exists (select 1 from notification_items i where i.notice_id = n.id)`,
    [before],
  );
  return gone.rowCount ?? 0;
}
