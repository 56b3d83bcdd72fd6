import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { refSchema } from '@/lib/responses/model';
import { findRule, removeRule as remove } from '@/lib/responses/store';

/** Removes a rule; what it did stays. Errors: `not_found`. */
export async function removeRule(ctx: Ctx, input: z.input<typeof refSchema>): Promise<{ id: string }> {
  authorise(ctx, 'response.manage');
  const { id } = refSchema.parse(input);
  const before = await findRule(id);
  if (!before) throw new BraidError('not_found', 'There is no such rule.');
  return transaction(async (tx) => {
    await remove(tx, id);
    await record(tx, ctx, {
      action: 'response_rule.remove',
      target: { type: 'response_rule', id, name: before.name },
      detail: { action: before.action, detectors: before.detectors },
    });
    await hint(tx, 'response', [id]);
    return { id };
  });
}
