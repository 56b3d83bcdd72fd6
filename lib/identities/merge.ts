import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { type MergeInput, mergeSchema } from '@/lib/identities/merge-model';
import {
  countFormer,
  countWorkflows,
  insertMerge,
  issuersOf,
  lockBoth,
  move,
  refuseRotating,
} from '@/lib/identities/merges/store';
import { lockNamespaces } from '@/lib/identities/store';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { MAX_FORMER, MAX_WORKFLOWS } from '@/lib/policies/compiled-model';
import { lock as lockWorkflows } from '@/lib/workflows/lock';

/**
 * Two identities are one: names and live sessions of the one mean the other from now on, and it works for the one's workflows. What each did before stays with it,
 * and decisions stand as they were sealed; what both used counts together against limits per identity. Undone by `unmerge`. Both have to be active: a paused or revoked one is restored
 * first, so that no merge opens or closes an access. Errors: `access.denied`, `input.invalid`, `not_found`, `conflict`,
 * `connector.protected`.
 */
export async function merge(ctx: Ctx, input: MergeInput): Promise<{ id: string }> {
  authorise(ctx, 'identity.annotate');
  const { id: intoId, fromId, reason } = mergeSchema.parse(input);
  if (intoId === fromId) throw new BraidError('input.invalid', 'These are the same already.');
  return transaction(async (tx) => {
    await lockWorkflows(tx);
    await lockNamespaces(tx, await issuersOf(tx, fromId));
    const [from, into] = await lockBoth(tx, [fromId, intoId]);
    if (!from || !into) throw new BraidError('not_found', 'There is no such identity.');
    for (const one of [from, into]) {
      if (one.protected) throw new BraidError('connector.protected', `${one.name} is protected and stands by itself.`);
      if (one.state !== 'active')
        throw new BraidError('conflict', `${one.name} is ${one.state}: only active identities are merged.`);
      if ((one.attributes as { continuedAs?: string }).continuedAs)
        throw new BraidError('conflict', `${one.name} goes on as another identity already.`);
    }
    await refuseRotating(tx, [fromId, intoId]);
    const id = newId();
    const moved = await move(tx, fromId, intoId);
    if ((await countWorkflows(tx, intoId)) > MAX_WORKFLOWS)
      throw new BraidError('conflict', `Together they work for more than ${MAX_WORKFLOWS} workflows.`);
    await insertMerge(tx, { id, fromId, intoId, moved, reason, byName: ctx.actor.name.slice(0, 300), at: clock.now() });
    if ((await countFormer(tx, intoId)) > MAX_FORMER)
      throw new BraidError('conflict', `No more than ${MAX_FORMER} identities go on as one.`);
    await record(tx, ctx, {
      action: 'identity.merge',
      target: { type: 'identity', id: intoId, name: into.name },
      reason,
      detail: {
        mergeId: id,
        from: { id: fromId, name: from.name },
        names: moved.names.slice(0, 50),
        sessions: moved.sessions.length,
        workflows: moved.workflows.map((one) => one.id),
      },
    });
    await hint(tx, 'identity', [fromId, intoId]);
    await hint(tx, 'session');
    return { id };
  });
}
