import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Waiting } from '@/lib/approvals/model';
import { countWaiting } from '@/lib/approvals/store';

/** What waits for an answer now: how many, of how many identities, worth how much, and which ends first. */
export async function count(ctx: Ctx): Promise<Waiting> {
  authorise(ctx, 'console.read');
  return countWaiting();
}
