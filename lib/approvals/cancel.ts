import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { missing, waiting } from '@/lib/approvals/approve';
import { byOf, targetOf } from '@/lib/approvals/grant';
import { letGo } from '@/lib/approvals/let-go';
import { changeRequest, dbNow, lockRequest, type Stored } from '@/lib/approvals/store';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';

/** Whoever asked takes it back before it is answered. Throws `not_found` for another namespace's, `approval.answered`. */
export async function cancel(ctx: Ctx, input: { id: string }): Promise<Stored> {
  authorise(ctx, 'decision.ask');
  const issuer = ctx.actor.kind === 'token' ? ctx.actor.issuer : 'default';
  const nowMs = await dbNow();
  const cancelled = await transaction(async (tx) => {
    const found = await lockRequest(tx, input.id);
    if (found && found.issuer !== issuer) throw missing();
    const request = waiting(found, nowMs);
    await record(tx, ctx, { action: 'approval.cancel', target: targetOf(request) });
    await hint(tx, 'approval', [request.id]);
    return changeRequest(tx, request.id, { state: 'cancelled', ...byOf(ctx.actor), answeredAt: new Date(nowMs) });
  });
  await letGo(cancelled.holdId);
  return cancelled;
}
