import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { endOverdue } from '@/lib/allotments/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';

/** Reconciles allotments that ended without a report: all of each is taken as spent, and said so. Answers how many. */
export async function expire(ctx: Ctx): Promise<number> {
  authorise(ctx, 'token.manage');
  return transaction(async (tx) => {
    const ended = await endOverdue(tx);
    for (const { id, tokenId } of ended)
      await record(tx, ctx, { action: 'allotment.overdue', target: { type: 'allotment', id }, detail: { tokenId } });
    if (ended.length) await hint(tx, 'allotment', []);
    return ended.length;
  });
}
