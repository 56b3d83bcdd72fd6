import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { changeResponse } from '@/lib/responses/store';
import type { Radius } from '@/lib/revocations/bulk-model';

/**
 * What was agreed to and could not be done waits for somebody to agree again; what was done of it is done once. `radius`: how
 * far it reaches by now, to be looked at before.
 */
export async function takeBack(ctx: Ctx, id: string, radius?: Radius): Promise<void> {
  await transaction(async (tx) => {
    await changeResponse(tx, id, {
      state: 'proposed',
      decidedAt: null,
      decidedBy: null,
      doneAt: null,
      ...(radius ? { radius } : {}),
    });
    await record(tx, ctx, {
      action: 'response.agree_failed',
      target: { type: 'response', id },
      detail: radius ? { radius } : {},
    });
    await hint(tx, 'response', [id]);
  });
}
