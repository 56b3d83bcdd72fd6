import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { latestOf } from '@/lib/decisions/again/store';
import type { LatestAsked } from '@/lib/decisions/again-model';

/**
 * What asking again found last for a session, or for what a decision allowed its session: whether it would be allowed now.
 * Null where nothing has changed since. Errors: `access.denied`.
 */
export async function showAskedAgain(
  ctx: Ctx,
  query: { sessionId: string } | { decisionId: string },
): Promise<LatestAsked> {
  authorise(ctx, 'console.read');
  return { latest: await latestOf(query) };
}
