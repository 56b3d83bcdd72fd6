import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { changeReceiverSchema, refSchema } from '@/lib/signals/model';
import { deleteReceiver, forgetGrants, lockReceiver, changeReceiver as write } from '@/lib/signals/store';

/** Lets a receiver in or keeps it out: its access tokens are void at once. Errors: `not_found`. */
export async function changeReceiver(ctx: Ctx, input: z.input<typeof changeReceiverSchema>): Promise<void> {
  authorise(ctx, 'signal.manage');
  const { id, state } = changeReceiverSchema.parse(input);
  await transaction(async (tx) => {
    const receiver = await lockReceiver(tx, id);
    if (!receiver) throw new BraidError('not_found', 'There is no such receiver.');
    await write(tx, id, { state });
    if (state === 'disabled') await forgetGrants(tx, id);
    const target = { type: 'signal_receiver', id, name: receiver.name };
    await record(tx, ctx, { action: `signal_receiver.${state === 'enabled' ? 'enable' : 'disable'}`, target });
    await hint(tx, 'signal', [id]);
  });
}

/** Forgets a receiver with its streams and what waited in them. Errors: `not_found`. */
export async function removeReceiver(ctx: Ctx, input: { id: string }): Promise<void> {
  authorise(ctx, 'signal.manage');
  const { id } = refSchema.parse(input);
  await transaction(async (tx) => {
    const receiver = await lockReceiver(tx, id);
    if (!receiver) throw new BraidError('not_found', 'There is no such receiver.');
    await deleteReceiver(tx, id);
    await record(tx, ctx, {
      action: 'signal_receiver.remove',
      target: { type: 'signal_receiver', id, name: receiver.name },
    });
    await hint(tx, 'signal', [id]);
  });
}
