import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { countWaiting } from '@/lib/notifications/deliveries/store';
import { removeChannelSchema } from '@/lib/notifications/model';
import { deleteChannel, lockChannel } from '@/lib/notifications/store';
import { BraidError } from '@/lib/platform/errors';

/** Forgets a channel, its secrets, routes and messages. How many had not arrived is in the audit log. Errors: `not_found`. */
export async function removeChannel(ctx: Ctx, input: z.input<typeof removeChannelSchema>): Promise<void> {
  authorise(ctx, 'notification.manage');
  const { id, reason } = removeChannelSchema.parse(input);
  await transaction(async (tx) => {
    const row = await lockChannel(tx, id);
    if (!row) throw new BraidError('not_found', 'This channel no longer exists.');
    const undelivered = await countWaiting(tx, id);
    await deleteChannel(tx, id);
    await record(tx, ctx, {
      action: 'channel.remove',
      target: { type: 'channel', id, name: row.name },
      reason: reason || undefined,
      detail: { kind: row.kind, undelivered },
    });
    await hint(tx, 'notification', [id]);
  });
}
