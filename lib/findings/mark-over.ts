import type { Tx } from '@/lib/db/transaction';
import type { Detector } from '@/lib/findings/model';
import { writeOver } from '@/lib/findings/over/store';

/**
 * What these findings tell of is so no longer. Nobody is told and none is closed: that is for an analyst. Asserted again it is a
 * new occurrence, which reopens a closed one.
 */
export async function markOver(
  tx: Tx,
  { detector, causes, at }: { detector: Detector; causes: readonly string[]; at: Date },
): Promise<void> {
  if (causes.length > 0) await writeOver(tx, detector, [...causes], at);
}
