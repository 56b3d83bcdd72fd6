import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { countStates } from '@/lib/findings/store';

/** How many findings are open, how many of these high or critical, and how many are acknowledged or suppressed. */
export async function count(ctx: Ctx): ReturnType<typeof countStates> {
  authorise(ctx, 'console.read');
  return countStates();
}
