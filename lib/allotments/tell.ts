import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { tellSchema } from '@/lib/allotments/model';
import { insertTold } from '@/lib/allotments/store';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { decide } from '@/lib/decisions/decide';
import { BraidError } from '@/lib/platform/errors';

/** What would have been decided about one transaction. */
export interface ToldBack {
  ref: string;
  /** false: it should not have happened. */
  allowed: boolean;
  reason: string;
  decision_id: string;
}

/**
 * Takes what an enforcement point that can't ask has done, in its order, and says what would have been decided: what is allowed
 * counts from now on like anything else, what is not is written down as variance. Told again under the same ref it counts
 * once. Throws `access.denied` for a token in mode online, `input.invalid`, `state_unavailable`.
 */
export async function tell(ctx: Ctx, body: unknown): Promise<{ transactions: ToldBack[] }> {
  authorise(ctx, 'decision.ask');
  const { actor } = ctx;
  if (actor.kind !== 'token' || !actor.point || actor.point.mode === 'online')
    throw new BraidError(
      'access.denied',
      'An enforcement point in mode online asks before, it does not tell afterwards.',
    );
  const { transactions } = tellSchema.parse(body);
  const told: ToldBack[] = [];
  for (const { ref, at: _, ...question } of transactions) {
    const { braid, ...context } = question.context ?? {};
    const part = { ...((braid as object | undefined) ?? {}), idempotency_key: `told:${ref}`.slice(0, 200) };
    const answer = await decide(
      { ...ctx, requestId: undefined },
      { ...question, context: { ...context, braid: part } },
    );
    const reason = String(answer.context.reason ?? 'denied');
    if (reason === 'state_unavailable')
      throw new BraidError('state_unavailable', 'Shared state could not be reached. Tell it again.');
    told.push({ ref, allowed: answer.decision, reason, decision_id: String(answer.context.evaluation_id) });
  }
  await transaction(async (tx) => {
    const rows = told.map(({ decision_id: decisionId, ...one }, index) => ({
      ...one,
      decisionId,
      at: new Date(transactions[index]!.at),
    }));
    await insertTold(tx, actor.id, rows);
    await hint(tx, 'allotment', []);
  });
  return { transactions: told };
}
