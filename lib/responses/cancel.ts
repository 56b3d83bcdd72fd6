import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { reasonedRefSchema } from '@/lib/responses/model';
import { changeResponse, lockResponse } from '@/lib/responses/store';

/** Before it acts, or before somebody agrees: it does not happen. Errors: `not_found`, `conflict`. */
export async function cancel(ctx: Ctx, input: z.input<typeof reasonedRefSchema>): Promise<{ id: string }> {
  authorise(ctx, 'session.terminate');
  const { id, reason } = reasonedRefSchema.parse(input);
  return transaction(async (tx) => {
    const response = await lockResponse(tx, id);
    if (!response) throw new BraidError('not_found', 'There is no such response.');
    if (!['waiting', 'proposed'].includes(response.state) || response.doneAt)
      throw new BraidError('conflict', `This is ${response.doneAt ? 'under way' : response.state} already.`);
    await changeResponse(tx, id, {
      state: 'cancelled',
      detail: reason || null,
      decidedAt: clock.now(),
      decidedBy: ctx.actor.name,
    });
    await record(tx, ctx, {
      action: 'response.cancel',
      target: { type: 'response', id },
      reason: reason || undefined,
      detail: { kind: response.kind, askedBy: response.askedBy, findingId: response.findingId },
    });
    await hint(tx, 'response', [id]);
    return { id };
  });
}
