import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { routeText } from '@/lib/notifications/format';
import { matchSchema, type UpdateRouteInput, updateRouteSchema } from '@/lib/notifications/model';
import { changeRoute, findRoute } from '@/lib/notifications/store';
import { BraidError } from '@/lib/platform/errors';

/** Changes what a channel is told of, how soon, or rests it. What collects already is sent when it was due. Errors: `not_found`. */
export async function updateRoute(ctx: Ctx, input: UpdateRouteInput): Promise<void> {
  authorise(ctx, 'notification.manage');
  const { id, ...change } = updateRouteSchema.parse(input);
  await transaction(async (tx) => {
    const row = await findRoute(tx, id);
    if (!row) throw new BraidError('not_found', 'This route no longer exists.');
    await changeRoute(tx, id, change);
    const match = change.match ?? matchSchema.parse(row.match);
    await record(tx, ctx, {
      action: 'route.update',
      target: { type: 'channel', id: row.channelId, name: row.channel.name },
      detail: {
        routeId: id,
        route: routeText(match, change.digestSecs ?? row.digestSecs),
        state: change.state ?? row.state,
      },
    });
    await hint(tx, 'notification', [row.channelId]);
  });
}
