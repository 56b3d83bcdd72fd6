import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { type Action, namesSet, SET_MISSING, type UpdateRuleInput, updateRuleSchema } from '@/lib/responses/model';
import { changeRule, findRule } from '@/lib/responses/store';

/** Changes a rule, or switches it on or off. What it has planned and not done yet follows: at rest it does not happen. Errors: `not_found`. */
export async function updateRule(ctx: Ctx, input: UpdateRuleInput): Promise<{ id: string }> {
  authorise(ctx, 'response.manage');
  const { id, ...changes } = updateRuleSchema.parse(input);
  const before = await findRule(id);
  if (!before) throw new BraidError('not_found', 'There is no such rule.');
  const after = {
    action: changes.action ?? (before.action as Action),
    policySet: changes.policySet === undefined ? before.policySet : changes.policySet,
  };
  if (after.action === 'enforce' && changes.state !== 'disabled') authorise(ctx, 'policy.manage');
  if (!namesSet(after)) throw new BraidError('input.invalid', `policySet ${SET_MISSING}.`);
  return transaction(async (tx) => {
    await changeRule(tx, id, { ...changes, updatedAt: clock.now(), updatedBy: ctx.actor.name });
    await record(tx, ctx, {
      action:
        changes.state === undefined
          ? 'response_rule.update'
          : changes.state === 'enabled'
            ? 'response_rule.enable'
            : 'response_rule.disable',
      target: { type: 'response_rule', id, name: changes.name ?? before.name },
      detail: { ...changes },
    });
    await hint(tx, 'response', [id]);
    return { id };
  });
}
