import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { type SaveDraftInput, saveDraftSchema } from '@/lib/policies/life-model';
import * as store from '@/lib/policies/store';

/**
 * Keeps what somebody is writing on; it decides nothing and may have problems. Throws `conflict` when somebody else has saved
 * another meanwhile.
 */
export async function saveDraft(ctx: Ctx, input: SaveDraftInput): Promise<{ revision: number }> {
  authorise(ctx, 'policy.manage');
  const draft = saveDraftSchema.parse(input);
  return transaction(async (tx) => {
    const revision = await store.writeDraft(tx, { ...draft, by: ctx.actor.name });
    if (revision === null)
      throw new BraidError(
        'conflict',
        'Somebody else has saved this draft meanwhile. Reload to see theirs; yours is still here.',
      );
    await record(tx, ctx, {
      action: 'policy.save_draft',
      target: { type: 'policy_draft', id: draft.name, name: draft.name },
      detail: { revision, baseVersion: draft.baseVersion },
    });
    await hint(tx, 'policy', []);
    return { revision };
  });
}
