import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type Grant, grant, grantRecord } from '@/lib/approvals/grant';
import { letGo } from '@/lib/approvals/let-go';
import { type ApproveInput, approveSchema, type RequestRow } from '@/lib/approvals/model';
import { refuseOwn } from '@/lib/approvals/refuse-own';
import { dbNow, findRequest, lockRequest, readRequest, type Stored } from '@/lib/approvals/store';
import { tired } from '@/lib/approvals/tired';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';

export const missing = () => new BraidError('not_found', 'There is no such request for approval.');

/** Throws unless it still waits. */
export function waiting(request: Stored | null, nowMs: number): Stored {
  if (!request) throw missing();
  const state = request.state === 'pending' && request.expiresAt.getTime() <= nowMs ? 'expired' : request.state;
  if (state === 'pending') return request;
  throw new BraidError('approval.answered', `This request is ${state}: it is answered once.`);
}

/**
 * Approves a request: from now on exactly what was asked passes the rules that stopped it, for so long and so often as the
 * policy grants or less. Nobody approves for themselves, nor at a pace at which nobody looks. Throws `not_found`, `approval.answered`, `approval.own`,
 * `approval.pace`, `input.invalid`, `access.denied`.
 */
export async function approve(ctx: Ctx, input: ApproveInput): Promise<RequestRow> {
  authorise(ctx, 'approval.answer');
  const { id, reason, uses, forSecs, approver } = approveSchema.parse(input);
  const asked = await findRequest(id);
  if (!asked) throw missing();
  const refusal = await refuseOwn(ctx, asked, approver);
  if (refusal) throw new BraidError('approval.own', refusal);
  const nowMs = await dbNow();
  const approved = await transaction(async (tx) => {
    const request = waiting(await lockRequest(tx, id), nowMs);
    if ((uses ?? 1) > request.uses || (forSecs ?? 1) > request.grantSecs)
      throw new BraidError(
        'input.invalid',
        `The policy grants at most ${request.uses} uses within ${request.grantSecs} seconds.`,
      );
    const refused = await tired(ctx, request, nowMs, tx);
    if (refused) throw new BraidError('approval.pace', refused);
    const given: Grant = {
      nowMs,
      uses: uses ?? request.uses,
      secs: forSecs ?? request.grantSecs,
      reason,
      provenance: {
        responder: ctx.actor.kind === 'token' ? 'automatic' : 'person',
        ...(approver ? { approver: { ...approver } } : {}),
        ...(ctx.ip ? { from: ctx.ip } : {}),
      },
    };
    await record(tx, ctx, grantRecord(request, given));
    return grant(tx, ctx, request, given);
  });
  await letGo(approved.holdId);
  return (await readRequest(id))!;
}
