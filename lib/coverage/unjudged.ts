import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { countUnjudged } from '@/lib/coverage/store';

/** Service accounts that came up since the newest snapshot and are in none. */
export function unjudged(ctx: Ctx): Promise<number> {
  authorise(ctx, 'console.read');
  return countUnjudged();
}
