import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { agreeToBounds } from '@/lib/responses/agree-to-bounds';
import { ownAsking } from '@/lib/responses/agreeing';
import { LAPSE_MS, lapse } from '@/lib/responses/lapse';
import { type Agreement, reasonedRefSchema } from '@/lib/responses/model';
import { changeResponse, findResponse, findRule, lockResponse, type Stored } from '@/lib/responses/store';
import { takeBack } from '@/lib/responses/take-back';
import { bulk } from '@/lib/revocations/bulk';
import { type BulkInput, bulkInputSchema, type Radius } from '@/lib/revocations/bulk-model';
import { KIND_PERMISSION, type RevocationKind } from '@/lib/revocations/model';

function wanted(response: Stored, reason: string): BulkInput {
  const why = `${response.reason} (asked by ${response.askedBy}${reason ? `; ${reason}` : ''})`.slice(0, 2000);
  if (response.origin === 'operator') return { ...bulkInputSchema.parse(response.input), reason: why };
  const { kind } = response;
  if (kind === 'terminate')
    return { kind, sessionIds: (response.input as { sessionIds: string[] }).sessionIds, reason: why };
  return { kind: kind as 'pause' | 'revoke', identityIds: [response.identityId!], reason: why };
}

export const NOTHING_DONE: Omit<Agreement, 'kind' | 'actionId'> = {
  dryRun: false,
  rows: [],
  eligible: 0,
  skipped: 0,
  radius: { identities: 0, sessions: 0, systems: 0 },
  second: null,
  revocationIds: [],
};

/** It reaches further than what was looked at: the one who agrees has to see that first. */
const grownTo = (error: unknown): Radius | undefined =>
  error instanceof BraidError ? (error.detail as { grownTo?: Radius } | undefined)?.grownTo : undefined;

/**
 * The second operator agrees: it is done now, in the name of who agrees, and what was asked is written beside it. Nobody agrees
 * with themselves: not as another operator than who made the token that asked, nor by a token. What reaches further by now
 * than what was shown, or was asked for more than a day ago, is not agreed to. Errors: `not_found`, `approval.own`,
 * `approval.answered`, `conflict`.
 */
export async function agree(ctx: Ctx, input: z.input<typeof reasonedRefSchema>): Promise<Agreement> {
  const { id, reason } = reasonedRefSchema.parse(input);
  const known = await findResponse(id);
  if (!known) throw new BraidError('not_found', 'There is no such response.');
  authorise(ctx, KIND_PERMISSION[known.kind as RevocationKind] ?? 'identity.revoke');
  const { actor } = ctx;
  if (actor.kind === 'token')
    throw new BraidError('approval.own', 'An operator has to agree: a token is nobody’s second.');
  if (await ownAsking(ctx, known))
    throw new BraidError('approval.own', 'You asked for this: somebody else has to agree.');
  if (known.state === 'proposed' && clock.ms() - known.askedAt.getTime() > LAPSE_MS) {
    await lapse(ctx, id);
    throw new BraidError('conflict', 'Nobody agreed to this within a day: it has to be asked for anew.');
  }
  if (known.kind === 'bounds') {
    await agreeToBounds(ctx, id, reason);
    return { kind: 'bounds', ...NOTHING_DONE, actionId: id };
  }
  const rule = known.ruleId ? await findRule(known.ruleId) : null;
  // Claimed first: two who agree at the same time do it once.
  const claimed = await transaction(async (tx) => {
    const response = await lockResponse(tx, id);
    if (response?.state !== 'proposed')
      throw new BraidError('approval.answered', `This is ${response?.state ?? 'gone'}: it is answered once.`);
    const now = clock.now();
    await changeResponse(tx, id, { state: 'done', decidedAt: now, decidedBy: actor.name, doneAt: now });
    await record(tx, ctx, {
      action: 'response.agree',
      target: { type: 'response', id },
      reason: reason || undefined,
      detail: { kind: response.kind, askedBy: response.askedBy, radius: response.radius as object },
    });
    return response;
  });
  const most = { identities: 0, sessions: 0, systems: 0, ...(claimed.radius as Partial<Radius>) };
  const agreed = { responseId: id, most };
  const result = await bulk(ctx, wanted(claimed, reason), agreed).catch(async (error: unknown) => {
    await takeBack(ctx, id, grownTo(error));
    throw error;
  });
  const left = result.rows.filter((row) => !row.eligible);
  await transaction(async (tx) => {
    await changeResponse(tx, id, {
      revocationIds: result.revocationIds,
      undoUntil: new Date(clock.ms() + (rule?.undoSecs ?? 3600) * 1000),
      ...(left.length ? { detail: `${left.length} left out: ${left[0]!.why}` } : {}),
    });
    await record(tx, ctx, {
      action: 'response.act',
      target: { type: 'response', id },
      reason: claimed.reason,
      detail: {
        kind: claimed.kind,
        revocationIds: result.revocationIds,
        eligible: result.eligible,
        skipped: left.length,
      },
    });
    await hint(tx, 'response', [id]);
  });
  return result;
}
