import type { Tx } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { MAX_WORKFLOWS } from '@/lib/policies/compiled-model';
import { MAX_IDENTITIES } from '@/lib/workflows/model';
import * as store from '@/lib/workflows/store';

/** Puts identities into a workflow within the caller's transaction. Returns those that were not in it. Throws `not_found`, `conflict`. */
export async function bringIn(tx: Tx, workflowId: string, ids: string[]): Promise<{ id: string; name: string }[]> {
  const wanted = [...new Set(ids)];
  const found = await store.standing(tx, wanted);
  if (found.length < wanted.length) throw new BraidError('not_found', 'There is no such identity.');
  const added = new Set(await store.insertIdentities(tx, workflowId, wanted));
  if ((await store.countIdentities(tx, workflowId)) > MAX_IDENTITIES)
    throw new BraidError('conflict', `A workflow has at most ${MAX_IDENTITIES} identities.`);
  // Beyond it no limit that counts per workflow could be judged, and every request would be refused.
  const full = await store.overfull(tx, [...added], MAX_WORKFLOWS);
  if (full)
    throw new BraidError('conflict', `${full} works for ${MAX_WORKFLOWS} workflows already, the most there may be.`);
  return found.filter((one) => added.has(one.id));
}
