import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { alike } from '@/lib/responses/loosen-evaluate';
import { guardrailsSchema } from '@/lib/responses/model';
import { changeResponse, lockResponse, oneAtATime, readGuardrails, writeGuardrails } from '@/lib/responses/store';

/**
 * What bounds less holds from now on, if what it was asked against still stands: a bound that somebody tightened meanwhile is
 * not lifted by what was agreed before. Whoever calls it has made sure that it is another operator. Errors: `approval.answered`, `conflict`.
 */
export async function agreeToBounds(ctx: Ctx, id: string, reason: string): Promise<void> {
  await transaction(async (tx) => {
    await oneAtATime(tx);
    const response = await lockResponse(tx, id);
    if (response?.state !== 'proposed')
      throw new BraidError('approval.answered', `This is ${response?.state ?? 'gone'}: it is answered once.`);
    const { from, to } = response.input as { from: unknown; to: unknown };
    const after = guardrailsSchema.parse(to);
    const before = await readGuardrails(tx);
    if (!alike(guardrailsSchema.parse(from), before))
      throw new BraidError('conflict', 'The guardrails were changed since this was asked: refuse it, and ask anew.');
    const now = clock.now();
    await writeGuardrails(tx, after, now);
    await changeResponse(tx, id, { state: 'done', decidedAt: now, decidedBy: ctx.actor.name, doneAt: now });
    await record(tx, ctx, {
      action: 'response.agree',
      target: { type: 'response', id },
      reason: reason || undefined,
      detail: { kind: response.kind, askedBy: response.askedBy },
    });
    await record(tx, ctx, {
      action: 'guardrails.set',
      reason: response.reason,
      detail: { before, after, askedBy: response.askedBy, responseId: id },
    });
    await hint(tx, 'response', [id]);
  });
}
