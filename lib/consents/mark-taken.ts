import { markRevoked } from '@/lib/consents/store';
import { hint } from '@/lib/db/hint';
import type { Tx } from '@/lib/db/transaction';

/** A system took a consent back: it is no longer given from then on. `how`: in its words. */
export async function markTaken(tx: Tx, id: string, taken: { at: Date; by: string; how: string }): Promise<void> {
  await markRevoked(tx, id, taken);
  await hint(tx, 'consent', [id]);
}
