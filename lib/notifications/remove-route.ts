import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { routeText } from '@/lib/notifications/format';
import { matchSchema, refSchema } from '@/lib/notifications/model';
import { deleteRoute, findRoute } from '@/lib/notifications/store';
import { BraidError } from '@/lib/platform/errors';

/** A channel is no longer told of this. Messages that were made are still sent. Errors: `not_found`. */
export async function removeRoute(ctx: Ctx, input: z.input<typeof refSchema>): Promise<void> {
  authorise(ctx, 'notification.manage');
  const { id } = refSchema.parse(input);
  await transaction(async (tx) => {
    const row = await findRoute(tx, id);
    if (!row) throw new BraidError('not_found', 'This route no longer exists.');
    await deleteRoute(tx, id);
    await record(tx, ctx, {
      action: 'route.remove',
      target: { type: 'channel', id: row.channelId, name: row.channel.name },
      detail: { routeId: id, route: routeText(matchSchema.parse(row.match), row.digestSecs) },
    });
    await hint(tx, 'notification', [row.channelId]);
  });
}
