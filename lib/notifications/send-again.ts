import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { changeDelivery, lockDelivery } from '@/lib/notifications/deliveries/store';
import { sendAgainSchema } from '@/lib/notifications/model';
import { changeChannel, lockChannel } from '@/lib/notifications/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/**
 * Sends a message now: one that waits, was given up, or was delivered and got lost behind its receiver. It keeps its id, so a
 * receiver that has it knows. The days until it is given up begin anew. Errors: `not_found`, `conflict` (a test; disabled).
 */
export async function sendAgain(ctx: Ctx, input: z.input<typeof sendAgainSchema>): Promise<void> {
  authorise(ctx, 'notification.manage');
  const { id } = sendAgainSchema.parse(input);
  const now = clock.now();
  await transaction(async (tx) => {
    const row = await lockDelivery(tx, id);
    if (!row) throw new BraidError('not_found', 'This message is no longer kept.');
    if (row.kind === 'test') throw new BraidError('conflict', 'A test is not sent again: test the channel anew.');
    const channel = await lockChannel(tx, row.channelId);
    if (channel?.state !== 'enabled') throw new BraidError('conflict', 'This channel is disabled: enable it first.');
    await changeDelivery(tx, id, { state: 'waiting', deliveredAt: null, dueAt: now, since: now });
    await changeChannel(tx, row.channelId, { heldUntil: null });
    await record(tx, ctx, {
      action: 'delivery.send_again',
      target: { type: 'channel', id: row.channelId, name: channel.name },
      detail: { deliveryId: id, title: row.title, was: row.state },
    });
    await enqueue(tx, 'send-notifications', { channelId: row.channelId });
    await hint(tx, 'notification', [id]);
  });
}
