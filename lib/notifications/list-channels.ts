import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { settingsOf, targetOf } from '@/lib/notifications/channel';
import { countsOf } from '@/lib/notifications/deliveries/store';
import type { ChannelKind } from '@/lib/notifications/kinds-model';
import { type ChannelRow, matchSchema, type RouteRow } from '@/lib/notifications/model';
import { allChannels, type StoredChannel, type StoredRoute } from '@/lib/notifications/store';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const routeRow = (route: StoredRoute): RouteRow => ({
  id: route.id,
  channelId: route.channelId,
  match: matchSchema.parse(route.match),
  digestSecs: route.digestSecs,
  state: route.state as RouteRow['state'],
  createdAt: route.createdAt.toISOString(),
  createdBy: route.createdBy,
});

function targetText(row: StoredChannel): string {
  try {
    return targetOf(settingsOf(row));
  } catch {
    return 'settings can’t be read';
  }
}

/** A stored channel as people see it. Secrets never leave. */
function channelRow(
  row: StoredChannel & { routes: StoredRoute[] },
  counts: { waiting: number; dead: number } = { waiting: 0, dead: 0 },
): ChannelRow {
  const failing = row.failingSince !== null;
  return {
    id: row.id,
    name: row.name,
    kind: row.kind as ChannelKind,
    target: targetText(row),
    state: row.state as ChannelRow['state'],
    health: failing ? 'failing' : row.lastDeliveredAt ? 'ok' : 'unknown',
    failingSince: iso(row.failingSince),
    nextTryAt: counts.waiting > 0 ? iso(row.heldUntil) : null,
    lastAnswer: row.lastAnswer,
    lastAnswerAt: iso(row.lastAnswerAt),
    lastDeliveredAt: iso(row.lastDeliveredAt),
    ...counts,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    routes: row.routes.slice(0, 200).map(routeRow),
  };
}

/** All channels by name, each with its routes and what waits for it. There are few: no paging, at most 200. */
export async function listChannels(ctx: Ctx): Promise<{ items: ChannelRow[]; nextCursor: null }> {
  authorise(ctx, 'console.read');
  const [rows, counts] = await Promise.all([allChannels(), countsOf()]);
  return { items: rows.slice(0, 200).map((row) => channelRow(row, counts.get(row.id))), nextCursor: null };
}
