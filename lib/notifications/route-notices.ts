import { emailSchema } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { spanText } from '@/lib/exposures/format';
import { enqueue } from '@/lib/jobs/enqueue';
import { addItem, channelHas, collecting, countSingles, insertDelivery } from '@/lib/notifications/deliveries/store';
import { matches } from '@/lib/notifications/evaluate';
import { headlineOf } from '@/lib/notifications/format';
import { CONFIGS } from '@/lib/notifications/kinds-model';
import { matchSchema, type NoticeFact } from '@/lib/notifications/model';
import {
  activeRoutes,
  describeIdentities,
  lockRouting,
  markRouted,
  type StoredChannel,
  type StoredRoute,
  unroutedNotices,
} from '@/lib/notifications/store';
import { clock } from '@/lib/platform/clock';

/** Notices that are routed in one transaction. */
const BATCH = 100;
/** More messages of one route than this within STORM_MS: what follows is collected. */
export const STORM_MOST = 20;
const STORM_MS = 5 * 60_000;
const STORM_COLLECT_SECS = 5 * 60;
/** More evidence of what people know already is never urgent. */
const UPDATE_COLLECT_SECS = 10 * 60;

type Route = StoredRoute & { channel: StoredChannel };

/**
 * Decides who is told of what was announced: one transaction turns notices into messages that wait for their channel. A
 * channel is told of a notice once, by the most immediate of its routes; a route that would storm collects instead. Returns
 * how many were routed.
 */
export async function routeNotices(): Promise<number> {
  let routed = 0;
  for (let batch = BATCH; batch === BATCH; routed += batch) batch = await transaction(routeBatch);
  return routed;
}

async function routeBatch(tx: Tx): Promise<number> {
  await lockRouting(tx);
  const notices = await unroutedNotices(tx, BATCH);
  if (notices.length === 0) return 0;
  const routes = await activeRoutes(tx);
  const ids = [...new Set(notices.flatMap(({ identityId }) => identityId ?? []))];
  const identities = await describeIdentities(tx, ids);
  const now = clock.now();
  const wakes = new Map<string, Date>();
  for (const notice of notices) {
    const identity = notice.identityId ? identities.get(notice.identityId) : undefined;
    const told: NoticeFact = { ...notice, body: { ...notice.body, ...(identity ? { identity } : {}) } };
    await markRouted(tx, told, now);
    for (const route of chosen(routes, told)) {
      const dueAt = await queue(tx, route, told, now);
      if (dueAt) wakes.set(`${route.channelId} ${dueAt.getTime()}`, dueAt);
    }
  }
  for (const [key, runAt] of wakes)
    await enqueue(tx, 'send-notifications', { channelId: key.split(' ')[0] }, runAt > now ? { runAt } : {});
  if (wakes.size > 0) await hint(tx, 'notification');
  return notices.length;
}

/** The most immediate matching route of each channel; routes come in that order. No channel is told of its own trouble. */
function chosen(routes: readonly Route[], notice: NoticeFact): Route[] {
  const first = new Map<string, Route>();
  for (const route of routes) {
    if (first.has(route.channelId) || notice.target.id === route.channelId) continue;
    if (matches(matchSchema.parse(route.match), notice)) first.set(route.channelId, route);
  }
  return [...first.values()];
}

/** Whom an e-mail channel that tells owners tells: the owner, where that is an address. null: whoever the channel names. */
function recipientOf({ kind, config }: StoredChannel, notice: NoticeFact): string | null {
  if (kind !== 'email' || !CONFIGS.email.parse(config).toOwner) return null;
  const address = emailSchema.safeParse(notice.body.identity?.owner ?? '');
  return address.success ? address.data : null;
}

/** Adds it to what collects, or makes a message of its own. Returns when something new is due. */
async function queue(tx: Tx, route: Route, notice: NoticeFact, now: Date): Promise<Date | null> {
  const { channel } = route;
  if (await channelHas(tx, notice.id, channel.id)) return null;
  const recipient = recipientOf(channel, notice);
  if (channel.kind === 'email' && recipient === null && CONFIGS.email.parse(channel.config).to.length === 0)
    return null;
  const storm = await countSingles(tx, route.id, new Date(now.getTime() - STORM_MS));
  const secs = Math.max(
    route.digestSecs,
    route.digestSecs === 0 && storm >= STORM_MOST ? STORM_COLLECT_SECS : 0,
    notice.event === 'finding.updated' ? UPDATE_COLLECT_SECS : 0,
  );
  const open = await collecting(tx, route.id, recipient);
  if (open && secs > 0) {
    await addItem(tx, notice.id, channel.id, open);
    return null;
  }
  const dueAt = new Date(now.getTime() + secs * 1000);
  const id = await insertDelivery(tx, {
    channelId: channel.id,
    routeId: route.id,
    kind: secs > 0 ? 'digest' : 'single',
    subject: secs > 0 ? `digest:${route.id}:${recipient ?? ''}` : `${notice.target.type}:${notice.target.id}`,
    recipient,
    title: secs > 0 ? `What comes together within ${spanText(secs)}` : headlineOf(notice),
    state: secs > 0 ? 'collecting' : 'waiting',
    dueAt,
    at: now,
  });
  await addItem(tx, notice.id, channel.id, id);
  return dueAt;
}
