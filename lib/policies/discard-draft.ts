import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { draftNameSchema } from '@/lib/policies/life-model';
import * as store from '@/lib/policies/store';

/** Throws a draft away. false: there was none. */
export async function discardDraft(ctx: Ctx, input: { name: string }): Promise<{ discarded: boolean }> {
  authorise(ctx, 'policy.manage');
  const { name } = draftNameSchema.parse(input);
  return transaction(async (tx) => {
    const { count } = await store.removeDraft(tx, name);
    if (!count) return { discarded: false };
    await record(tx, ctx, { action: 'policy.discard_draft', target: { type: 'policy_draft', id: name, name } });
    await hint(tx, 'policy', []);
    return { discarded: true };
  });
}
