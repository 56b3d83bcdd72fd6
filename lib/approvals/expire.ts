import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { targetOf } from '@/lib/approvals/grant';
import { letGo } from '@/lib/approvals/let-go';
import { changeRequest, dbNow, dueRequests, lockRequest } from '@/lib/approvals/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';

const MOST = 200;

/** Ends requests nobody answered in time. They count as expired from their very second on; this only writes it down. */
export async function expire(ctx: Ctx): Promise<number> {
  authorise(ctx, 'approval.answer');
  const due = await dueRequests(MOST);
  const nowMs = await dbNow();
  for (const id of due) {
    const holdId = await transaction(async (tx) => {
      const request = await lockRequest(tx, id);
      if (request?.state !== 'pending') return null;
      await changeRequest(tx, id, { state: 'expired', answeredAt: new Date(nowMs) });
      await record(tx, ctx, { action: 'approval.expire', target: targetOf(request) });
      await hint(tx, 'approval', [id]);
      return request.holdId;
    });
    await letGo(holdId);
  }
  return due.length;
}
