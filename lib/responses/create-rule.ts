import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { type CreateRuleInput, createRuleSchema } from '@/lib/responses/model';
import { insertRule } from '@/lib/responses/store';

/** Adds a rule that acts on findings. It is at rest until somebody switches it on. */
export async function createRule(ctx: Ctx, input: CreateRuleInput): Promise<{ id: string }> {
  authorise(ctx, 'response.manage');
  const given = createRuleSchema.parse(input);
  if (given.action === 'enforce') authorise(ctx, 'policy.manage');
  const id = newId();
  const now = clock.now();
  return transaction(async (tx) => {
    const by = ctx.actor.name;
    await insertRule(tx, { id, ...given, createdAt: now, createdBy: by, updatedAt: now, updatedBy: by });
    await record(tx, ctx, {
      action: 'response_rule.create',
      target: { type: 'response_rule', id, name: given.name },
      detail: { ...given },
    });
    await hint(tx, 'response', [id]);
    return { id };
  });
}
