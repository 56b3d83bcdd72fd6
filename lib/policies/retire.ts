import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { type RetireInput, retireInputSchema } from '@/lib/policies/life-model';
import * as store from '@/lib/policies/store';

/**
 * Takes a set out of force (`what: active`), or its version out of shadow. Nothing is deleted: rolling back brings it in again.
 * Without any enforced set every request is denied (`no_policy`). Throws `not_found` where nothing stands there.
 */
export async function retire(
  ctx: Ctx,
  input: RetireInput & { what: 'active' | 'shadow' },
): Promise<{ name: string; version: number }> {
  authorise(ctx, 'policy.manage');
  const { what, ...given } = input;
  const { name, reason } = retireInputSchema.parse(given);
  return transaction(async (tx) => {
    const row = (await store.lockSet(tx, name))[what];
    if (!row)
      throw new BraidError('not_found', `No version of ${name} is ${what === 'active' ? 'active' : 'in shadow'}.`);
    await store.retireIn(tx, name, what);
    await record(tx, ctx, {
      action: what === 'active' ? 'policy.retire' : 'policy.end_shadow',
      target: { type: 'policy_set', id: row.id, name },
      reason,
      detail: { version: row.version, hash: row.hash },
    });
    await hint(tx, 'policy', [row.id]);
    return { name, version: row.version };
  });
}
