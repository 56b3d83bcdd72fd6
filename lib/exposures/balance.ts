import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { countRows, movedSlices, unbalanced } from '@/lib/exposures/store';

export interface Balance {
  exposures: number;
  problems: string[];
  /** Of slices that stand where they leave their window too soon. */
  moved: string[];
}

/**
 * Whether every counter is what its slices and its open holds sum to, and no slice stands before what it counts. That a
 * counter is what its ledger sums to, the log's own proof says.
 */
export async function balance(ctx: Ctx): Promise<Balance> {
  authorise(ctx, 'console.read');
  const [exposures, wrong, moved] = await Promise.all([countRows(), unbalanced(), movedSlices()]);
  return {
    exposures,
    problems: wrong.map((one) => `exposure ${one.id} (${one.meter} ${one.key}): ${one.why}`),
    moved: moved.map(
      (one) =>
        `exposure ${one.id} (${one.meter} ${one.key}): its slice of ${one.bucket_at.toISOString()} stands before what its ledger says it counts`,
    ),
  };
}
