import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { agreeing, mayAgreeWith, NOBODY_ELSE } from '@/lib/responses/agreeing';
import { lockedOut } from '@/lib/responses/format';
import { alike, loosened, tighter, twoAgree } from '@/lib/responses/loosen-evaluate';
import { type GuardrailsSet, guardrailsSchema } from '@/lib/responses/model';
import { insertResponse, oneAtATime, readGuardrails, writeGuardrails } from '@/lib/responses/store';
import { tellLoosened } from '@/lib/responses/tell';

/**
 * Sets what bounds every act from now on; the audit keeps what stood before. Where two have to agree to anything, what bounds
 * less than before waits for a second operator too: whoever may lift a bound alone has none. What bounds more holds at once.
 * Answers what holds, says how many operators may agree, and warns where nobody could.
 */
export async function setGuardrails(ctx: Ctx, input: z.input<typeof guardrailsSchema>): Promise<GuardrailsSet> {
  authorise(ctx, 'response.manage');
  const asked = guardrailsSchema.parse(input);
  const { actor } = ctx;
  const { holds, waiting } = await transaction(async (tx) => {
    await oneAtATime(tx);
    const before = await readGuardrails(tx);
    const looser = twoAgree(before) ? loosened(before, asked) : [];
    const holds = looser.length > 0 ? tighter(before, asked) : asked;
    if (looser.length === 0 || !alike(before, holds)) {
      await writeGuardrails(tx, holds, clock.now());
      await record(tx, ctx, { action: 'guardrails.set', detail: { before, after: holds } });
    }
    await hint(tx, 'response', []);
    if (looser.length === 0) return { holds, waiting: null };
    const id = newId();
    const words = looser.join('; ').slice(0, 2000);
    await insertResponse(tx, {
      id,
      origin: 'operator',
      identityId: null,
      kind: 'bounds',
      input: { from: holds, to: asked },
      state: 'proposed',
      reason: words,
      askedAt: clock.now(),
      askedById: 'id' in actor ? actor.id : null,
      askedBy: actor.name,
    });
    await record(tx, ctx, {
      action: 'response.propose',
      target: { type: 'response', id, name: 'guardrails' },
      reason: words,
      detail: { kind: 'bounds', from: holds, to: asked },
    });
    await tellLoosened(tx, { id, by: actor.name, why: words });
    return { holds, waiting: { id, what: words } };
  });
  const mayAgree = (await agreeing()).length;
  const nobody = waiting !== null && (await mayAgreeWith(actor)) === 0;
  const warning = nobody ? NOBODY_ELSE : twoAgree(holds) ? lockedOut(mayAgree) : null;
  return { ...holds, mayAgree, warning, waiting };
}
