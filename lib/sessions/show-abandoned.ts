import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { countAbandoned, readRule } from '@/lib/sessions/abandoned/store';
import type { AbandonStanding } from '@/lib/sessions/abandoned-model';

/** When a session counts as abandoned, and how many do. */
export async function showAbandoned(ctx: Ctx): Promise<AbandonStanding> {
  authorise(ctx, 'console.read');
  const [rule, counts] = await Promise.all([readRule(), countAbandoned(clock.now())]);
  return { rule, ...counts };
}
