import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { changeResponse } from '@/lib/responses/store';

/** What was agreed to and could not be done waits for somebody to agree again; what was done of it is done once. */
export async function takeBack(ctx: Ctx, id: string): Promise<void> {
  await transaction(async (tx) => {
    await changeResponse(tx, id, { state: 'proposed', decidedAt: null, decidedBy: null, doneAt: null });
    await record(tx, ctx, { action: 'response.agree_failed', target: { type: 'response', id } });
    await hint(tx, 'response', [id]);
  });
}
