import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { bringIn } from '@/lib/workflows/bring-in';
import { type AddIdentities, addIdentitiesSchema } from '@/lib/workflows/model';
import { findWorkflow, lockWorkflows } from '@/lib/workflows/store';
import { tellChanged } from '@/lib/workflows/tell-changed';

/**
 * Identities work for a workflow from the next request on: what they do counts with what the others do. What they did before
 * is not counted again. Errors: `access.denied`, `input.invalid`, `not_found`, `conflict` beyond 500 identities of one
 * workflow or 10 workflows of one identity.
 */
export async function addIdentities(ctx: Ctx, input: AddIdentities): Promise<{ id: string; changed: number }> {
  authorise(ctx, 'identity.annotate');
  const { id, identityIds } = addIdentitiesSchema.parse(input);
  return transaction(async (tx) => {
    await lockWorkflows(tx);
    const workflow = await findWorkflow(tx, id);
    if (!workflow) throw new BraidError('not_found', 'There is no such workflow.');
    const added = await bringIn(tx, id, identityIds);
    if (added.length === 0) return { id, changed: 0 };
    await record(tx, ctx, {
      action: 'workflow.add',
      target: { type: 'workflow', id, name: workflow.name },
      detail: { identities: added },
    });
    const ids = added.map((one) => one.id);
    await tellChanged(tx, id, ids);
    return { id, changed: added.length };
  });
}
