import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { agreeing } from '@/lib/responses/agreeing';
import { lockedOut } from '@/lib/responses/format';
import { type GuardrailsSet, guardrailsSchema } from '@/lib/responses/model';
import { readGuardrails, writeGuardrails } from '@/lib/responses/store';

/** Sets what bounds every act from now on; the audit keeps what stood before. Says how many operators may agree to what reaches further, and warns where nobody could. */
export async function setGuardrails(ctx: Ctx, input: z.input<typeof guardrailsSchema>): Promise<GuardrailsSet> {
  authorise(ctx, 'response.manage');
  const given = guardrailsSchema.parse(input);
  const before = await readGuardrails();
  await transaction(async (tx) => {
    await writeGuardrails(tx, given, clock.now());
    await record(tx, ctx, { action: 'guardrails.set', detail: { before, after: given } });
    await hint(tx, 'response', []);
  });
  const mayAgree = (await agreeing()).length;
  const bound = Object.values(given.second).some((most) => most !== null);
  return { ...given, mayAgree, warning: bound ? lockedOut(mayAgree) : null };
}
