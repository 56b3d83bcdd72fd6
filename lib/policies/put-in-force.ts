import type { Ctx } from '@/lib/access/model';
import type { Tx } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import type { PutInForce } from '@/lib/policies/back-to-shadow';
import { promoteIn } from '@/lib/policies/promote';
import * as store from '@/lib/policies/store';

/**
 * Makes whatever version of a set stands in shadow the active one, in the caller's transaction, who has asked whether it may be
 * done. Throws `conflict` where none does, and where it would go on only watching.
 */
export async function putInForce(tx: Tx, ctx: Ctx, name: string, reason: string): Promise<PutInForce> {
  const { shadow } = await store.lockSet(tx, name);
  if (!shadow)
    throw new BraidError('conflict', `No version of ${name} is in shadow: there is nothing to put in force.`);
  if (shadow.mode !== 'enforce')
    throw new BraidError(
      'conflict',
      `Version ${shadow.version} of ${name} says mode: ${shadow.mode}: active, it would go on only watching.`,
    );
  const { version, replaces } = await promoteIn(tx, ctx, {
    name,
    version: shadow.version,
    reason: reason.slice(0, 2000),
  });
  return { name, version, replaces };
}
