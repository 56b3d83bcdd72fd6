import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { routeText } from '@/lib/notifications/format';
import { type CreateRouteInput, createRouteSchema } from '@/lib/notifications/model';
import { countRoutes, insertRoute, lockChannel } from '@/lib/notifications/store';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';

const MOST = 50;

/** Adds what a channel is told of. Errors: `not_found` (channel), `conflict` (50 routes), `input.invalid`. */
export async function createRoute(ctx: Ctx, input: CreateRouteInput): Promise<{ id: string }> {
  authorise(ctx, 'notification.manage');
  const { channelId, match, digestSecs } = createRouteSchema.parse(input);
  const id = newId();
  await transaction(async (tx) => {
    const channel = await lockChannel(tx, channelId);
    if (!channel) throw new BraidError('not_found', 'There is no such channel.');
    if ((await countRoutes(tx, channelId)) >= MOST)
      throw new BraidError('conflict', `A channel has at most ${MOST} routes.`);
    await insertRoute(tx, { id, channelId, match, digestSecs, createdBy: ctx.actor.name });
    const target = { type: 'channel', id: channelId, name: channel.name };
    await record(tx, ctx, {
      action: 'route.create',
      target,
      detail: { routeId: id, route: routeText(match, digestSecs) },
    });
    await hint(tx, 'notification', [channelId]);
  });
  return { id };
}
