import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { readDeliveries } from '@/lib/notifications/deliveries/store';
import { headlineOf } from '@/lib/notifications/format';
import type { ChannelKind } from '@/lib/notifications/kinds-model';
import { type DeliveryRow, type ListDeliveries, listDeliveriesSchema } from '@/lib/notifications/model';
import { factOf } from '@/lib/notifications/store';

type Row = Awaited<ReturnType<typeof readDeliveries>>[number];

/** A held channel tries nothing before it is held no more. */
function nextTry({ state, dueAt, channel }: Row): string | null {
  if (state !== 'collecting' && state !== 'waiting') return null;
  if (channel.state !== 'enabled') return null;
  return new Date(Math.max(dueAt.getTime(), channel.heldUntil?.getTime() ?? 0)).toISOString();
}

const deliveryRow = (row: Row): DeliveryRow => ({
  id: row.id,
  channelId: row.channelId,
  channelName: row.channel.name,
  channelKind: row.channel.kind as ChannelKind,
  kind: row.kind as DeliveryRow['kind'],
  recipient: row.recipient,
  title: row.title,
  state: row.state as DeliveryRow['state'],
  attempts: row.attempts,
  nextTryAt: nextTry(row),
  lastTriedAt: row.lastTriedAt?.toISOString() ?? null,
  lastAnswer: row.lastAnswer,
  createdAt: row.createdAt.toISOString(),
  deliveredAt: row.deliveredAt?.toISOString() ?? null,
  notices: row.items.map(({ notice }) => {
    const fact = factOf(notice);
    return { event: fact.event, title: headlineOf(fact), path: fact.body.path, at: fact.at };
  }),
  noticeCount: row._count.items,
});

/** Every message, newest first, with what its receiver last said. The cursor is the last row's id. */
export async function listDeliveries(ctx: Ctx, query: ListDeliveries): Promise<Page<DeliveryRow>> {
  authorise(ctx, 'console.read');
  const parsed = listDeliveriesSchema.parse(query);
  const rows = await readDeliveries(parsed);
  const items = rows.slice(0, parsed.limit).map(deliveryRow);
  return { items, nextCursor: rows.length > parsed.limit ? items.at(-1)!.id : null };
}
