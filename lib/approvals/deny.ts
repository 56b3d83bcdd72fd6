import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { waiting } from '@/lib/approvals/approve';
import { byOf, targetOf } from '@/lib/approvals/grant';
import { letGo } from '@/lib/approvals/let-go';
import { type AnswerInput, answerSchema, type RequestRow } from '@/lib/approvals/model';
import { changeRequest, dbNow, lockRequest, readRequest } from '@/lib/approvals/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';

/** Denies a request: what was stopped stays stopped. Throws `not_found`, `approval.answered`, `access.denied`. */
export async function deny(ctx: Ctx, input: AnswerInput): Promise<RequestRow> {
  authorise(ctx, 'approval.answer');
  const { id, reason } = answerSchema.parse(input);
  const nowMs = await dbNow();
  const denied = await transaction(async (tx) => {
    const request = waiting(await lockRequest(tx, id), nowMs);
    await record(tx, ctx, {
      action: 'approval.deny',
      target: targetOf(request),
      reason: reason || undefined,
      detail: { identityId: request.identityId, decisionId: request.decisionId },
    });
    await hint(tx, 'approval', [id]);
    const answer = { state: 'denied', ...byOf(ctx.actor), answeredAt: new Date(nowMs), answerReason: reason || null };
    return changeRequest(tx, id, answer);
  });
  await letGo(denied.holdId);
  return (await readRequest(id))!;
}
