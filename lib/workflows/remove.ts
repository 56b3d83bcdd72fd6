import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { type RemoveWorkflow, removeWorkflowSchema } from '@/lib/workflows/model';
import { deleteWorkflow, exemptUntil, findWorkflow, identitiesOf, lockWorkflows } from '@/lib/workflows/store';
import { tellChanged } from '@/lib/workflows/tell-changed';

/**
 * A workflow is none any more: its identities stay, and no limit spans them from the next request on. Who was in it stands in
 * the audit log. Errors: `access.denied`, `input.invalid`, `not_found`, `conflict` while an exemption names it.
 */
export async function remove(ctx: Ctx, input: RemoveWorkflow): Promise<{ id: string }> {
  authorise(ctx, 'identity.annotate');
  const { id, reason } = removeWorkflowSchema.parse(input);
  return transaction(async (tx) => {
    await lockWorkflows(tx);
    const workflow = await findWorkflow(tx, id);
    if (!workflow) throw new BraidError('not_found', 'There is no such workflow.');
    const until = await exemptUntil(tx, id, clock.now());
    if (until)
      throw new BraidError(
        'conflict',
        `It is exempt from a rule until ${until.toISOString()}: end that exemption first.`,
      );
    const identities = await identitiesOf(tx, id);
    await deleteWorkflow(tx, id);
    await record(tx, ctx, {
      action: 'workflow.remove',
      target: { type: 'workflow', id, name: workflow.name },
      reason,
      detail: { identities },
    });
    const ids = identities.map((one) => one.id);
    await tellChanged(tx, id, ids);
    return { id };
  });
}
