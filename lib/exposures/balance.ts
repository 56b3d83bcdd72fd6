import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { countRows, unbalanced } from '@/lib/exposures/store';

/** Whether every counter is what its slices and its open holds sum to. That it is what its ledger sums to, the log's own proof says. */
export async function balance(ctx: Ctx): Promise<{ exposures: number; problems: string[] }> {
  authorise(ctx, 'console.read');
  const [exposures, wrong] = await Promise.all([countRows(), unbalanced()]);
  return { exposures, problems: wrong.map((one) => `exposure ${one.id} (${one.meter} ${one.key}): ${one.why}`) };
}
