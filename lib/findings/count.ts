import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { countActive } from '@/lib/findings/store';

/** How many findings need somebody: open or acknowledged, of these high or critical, and how many are suppressed. */
export async function count(ctx: Ctx): Promise<{ open: number; urgent: number; suppressed: number }> {
  authorise(ctx, 'console.read');
  return countActive();
}
