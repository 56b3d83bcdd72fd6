import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { backToShadow } from '@/lib/policies/back-to-shadow';
import { forcedSchema } from '@/lib/responses/model';
import { changeResponse, lockResponse } from '@/lib/responses/store';

/**
 * Takes back what a rule put in force, once, as long as it is still what is active: who has asked whether it may be done. Throws
 * `not_found`, and `conflict` where it was taken back or the set was changed since.
 */
export async function endEnforcement(ctx: Ctx, { id, reason }: { id: string; reason: string }): Promise<void> {
  await transaction(async (tx) => {
    const response = await lockResponse(tx, id);
    if (response?.kind !== 'enforce') throw new BraidError('not_found', 'There is no such response.');
    if (response.state !== 'done')
      throw new BraidError('conflict', `This is ${response.state}: there is nothing to undo.`);
    const { policy } = forcedSchema.parse(response.input);
    await backToShadow(tx, ctx, policy, reason);
    await changeResponse(tx, id, { state: 'undone', decidedAt: clock.now(), decidedBy: ctx.actor.name });
    await record(tx, ctx, {
      action: 'response.undo',
      target: { type: 'response', id },
      reason,
      detail: { kind: response.kind, policy: { name: policy.name, version: policy.version } },
    });
    await hint(tx, 'response', [id]);
    if (response.findingId) await hint(tx, 'finding', [response.findingId]);
  });
}

/** Its time is over: taken back, or, where somebody changed the set since, left as they made it, which the response says. */
export async function endDueEnforcement(ctx: Ctx, { id }: { id: string }): Promise<void> {
  try {
    await endEnforcement(ctx, { id, reason: 'the time it was put in force for is over' });
  } catch (error) {
    if (!(error instanceof BraidError) || !['conflict', 'not_found', 'policy.invalid'].includes(error.code))
      throw error;
    await transaction(async (tx) => {
      const response = await lockResponse(tx, id);
      if (response?.state !== 'done') return;
      await changeResponse(tx, id, { detail: `Not taken back: ${error.publicMessage}`, undoUntil: clock.now() });
      await hint(tx, 'response', [id]);
    });
  }
}
