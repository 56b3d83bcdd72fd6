import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { bringIn } from '@/lib/workflows/bring-in';
import { type CreateWorkflow, createWorkflowSchema } from '@/lib/workflows/model';
import { insertWorkflow, lockWorkflows, workflowNamed } from '@/lib/workflows/store';
import { tellChanged } from '@/lib/workflows/tell-changed';

/**
 * Makes a workflow, with identities or without: what a policy counts `per: workflow` counts over all of them, from the next
 * request on. Errors: `access.denied`, `input.invalid`, `conflict` for a name that is taken, `not_found` for an identity.
 */
export async function create(ctx: Ctx, input: CreateWorkflow): Promise<{ id: string; name: string }> {
  authorise(ctx, 'identity.annotate');
  const { name, identityIds = [] } = createWorkflowSchema.parse(input);
  return transaction(async (tx) => {
    await lockWorkflows(tx);
    if (await workflowNamed(tx, name)) throw new BraidError('conflict', `There is already a workflow ${name}.`);
    const { id } = await insertWorkflow(tx, newId(), name);
    const added = await bringIn(tx, id, identityIds);
    await record(tx, ctx, {
      action: 'workflow.create',
      target: { type: 'workflow', id, name },
      detail: { identities: added },
    });
    const ids = added.map((one) => one.id);
    await tellChanged(tx, id, ids);
    return { id, name };
  });
}
