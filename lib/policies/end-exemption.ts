import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { type EndExemptionInput, endExemptionSchema } from '@/lib/policies/life-model';
import * as store from '@/lib/policies/store';

/** Ends an exemption before its time: the rule binds again from the next request. Throws `not_found` where none stands. */
export async function endExemption(ctx: Ctx, input: EndExemptionInput): Promise<{ id: string }> {
  authorise(ctx, 'policy.manage');
  const { id, reason } = endExemptionSchema.parse(input);
  return transaction(async (tx) => {
    const row = await store.endExemption(tx, id, { by: ctx.actor.name, reason });
    if (!row) throw new BraidError('not_found', 'There is no such exemption, or it is over.');
    const subject = { identityId: row.identity_id ?? undefined, workflowId: row.workflow_id ?? undefined };
    const name = (await store.subjectName(tx, subject)) ?? undefined;
    await record(tx, ctx, {
      action: 'policy.end_exemption',
      target: row.identity_id
        ? { type: 'identity', id: row.identity_id, name }
        : { type: 'workflow', id: row.workflow_id ?? '', name },
      reason,
      detail: { exemption: id, set: row.policy_set, rule: row.rule_id },
    });
    await hint(tx, 'policy', [id]);
    if (row.identity_id) await hint(tx, 'identity', [row.identity_id]);
    return { id };
  });
}
