import { authorise } from '@/lib/access/authorise';
import type { CurrentAccess } from '@/lib/access/grants/model';
import { newestOf } from '@/lib/access/grants/store';
import { toRow } from '@/lib/access/grants/to-row';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** The role of the operator who looks, and what their present sign-in asked for last. Errors: `access.denied` for a token. */
export async function current(ctx: Ctx): Promise<CurrentAccess> {
  authorise(ctx, 'console.read');
  const { actor, sessionId } = ctx;
  if (actor.kind !== 'operator' || !sessionId)
    throw new BraidError('access.denied', 'Only an operator who is signed in holds a role: a token has its scopes.');
  const stored = await newestOf(sessionId);
  return { role: actor.role, grant: stored ? toRow(stored, ctx, clock.now()) : null };
}
