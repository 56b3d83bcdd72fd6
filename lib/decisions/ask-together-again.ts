import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { fellows } from '@/lib/decisions/again/store';
import type { Because } from '@/lib/decisions/again-model';
import { askAgain } from '@/lib/decisions/ask-again';

/** Others of the workflows of one identity that are asked about with it: those seen last. */
const MOST_FELLOWS = 200;

/**
 * Asks again about identities something has changed about. Where it is an identity itself (its state, owner, limit), also about
 * the others of its workflows: limits and conditions of a workflow read them together. What only one of its sessions does moves
 * the others with their next request. Answers how many identities were asked about.
 */
export async function askTogetherAgain(ctx: Ctx, ids: string[], because: Because): Promise<number> {
  authorise(ctx, 'session.terminate');
  for (const identityId of ids) await askAgain(ctx, { identityId, because });
  const others = because === 'identity' ? await fellows(ids, MOST_FELLOWS) : [];
  for (const identityId of others) await askAgain(ctx, { identityId, because: 'workflow' });
  return ids.length + others.length;
}
