import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { missing } from '@/lib/approvals/approve';
import { targetOf } from '@/lib/approvals/grant';
import { type AnswerInput, answerSchema, type RequestRow } from '@/lib/approvals/model';
import { changeRequest, dbNow, lockRequest, readRequest } from '@/lib/approvals/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';

/**
 * Takes an approval back before its time: from the next request on it lets nothing pass. What it has let pass stays
 * counted. Throws `not_found`, `approval.answered` where there is no approval in force, `access.denied`.
 */
export async function withdraw(ctx: Ctx, input: AnswerInput): Promise<RequestRow> {
  authorise(ctx, 'approval.answer');
  const { id, reason } = answerSchema.parse(input);
  const nowMs = await dbNow();
  await transaction(async (tx) => {
    const request = await lockRequest(tx, id);
    if (!request) throw missing();
    const holds = request.state === 'approved' && !request.withdrawnAt && request.approvedUntil!.getTime() > nowMs;
    if (!holds) throw new BraidError('approval.answered', 'There is no approval in force to take back.');
    await changeRequest(tx, id, { withdrawnAt: new Date(nowMs), withdrawnBy: ctx.actor.name });
    await record(tx, ctx, {
      action: 'approval.withdraw',
      target: targetOf(request),
      reason: reason || undefined,
      detail: { identityId: request.identityId, used: request.used, uses: request.uses },
    });
    await hint(tx, 'approval', [id]);
  });
  return (await readRequest(id))!;
}
