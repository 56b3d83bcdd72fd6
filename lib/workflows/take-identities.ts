import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { type TakeIdentities, takeIdentitiesSchema } from '@/lib/workflows/model';
import { deleteIdentities, findWorkflow, identitiesOf, lockWorkflows } from '@/lib/workflows/store';
import { tellChanged } from '@/lib/workflows/tell-changed';

/**
 * Identities no longer work for a workflow, from the next request on: a limit over it is theirs no more. What they have used
 * up of it stays used up. Errors: `access.denied`, `input.invalid`, `not_found`.
 */
export async function takeIdentities(ctx: Ctx, input: TakeIdentities): Promise<{ id: string; changed: number }> {
  authorise(ctx, 'identity.annotate');
  const { id, identityIds, reason } = takeIdentitiesSchema.parse(input);
  return transaction(async (tx) => {
    await lockWorkflows(tx);
    const workflow = await findWorkflow(tx, id);
    if (!workflow) throw new BraidError('not_found', 'There is no such workflow.');
    const before = await identitiesOf(tx, id);
    const taken = await deleteIdentities(tx, id, identityIds);
    if (taken.length === 0) throw new BraidError('not_found', `It does not work for ${workflow.name}.`);
    await record(tx, ctx, {
      action: 'workflow.take',
      target: { type: 'workflow', id, name: workflow.name },
      reason,
      detail: { identities: before.filter((one) => taken.includes(one.id)) },
    });
    await tellChanged(tx, id, taken);
    return { id, changed: taken.length };
  });
}
