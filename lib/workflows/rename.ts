import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { type RenameWorkflow, renameWorkflowSchema } from '@/lib/workflows/model';
import { findWorkflow, identitiesOf, lockWorkflows, renameWorkflow, workflowNamed } from '@/lib/workflows/store';
import { tellChanged } from '@/lib/workflows/tell-changed';

/**
 * Another name for a workflow; what was counted over it stays counted. A policy that reads `workflow.name` reads the new one
 * from the next request. Errors: `access.denied`, `input.invalid`, `not_found`, `conflict`.
 */
export async function rename(ctx: Ctx, input: RenameWorkflow): Promise<{ id: string; name: string }> {
  authorise(ctx, 'identity.annotate');
  const { id, name } = renameWorkflowSchema.parse(input);
  return transaction(async (tx) => {
    await lockWorkflows(tx);
    const before = await findWorkflow(tx, id);
    if (!before) throw new BraidError('not_found', 'There is no such workflow.');
    if (before.name === name) return { id, name };
    if (await workflowNamed(tx, name)) throw new BraidError('conflict', `There is already a workflow ${name}.`);
    await renameWorkflow(tx, id, name);
    await record(tx, ctx, {
      action: 'workflow.rename',
      target: { type: 'workflow', id, name },
      detail: { name: { from: before.name, to: name } },
    });
    const ids = (await identitiesOf(tx, id)).map((one) => one.id);
    await tellChanged(tx, id, ids);
    return { id, name };
  });
}
