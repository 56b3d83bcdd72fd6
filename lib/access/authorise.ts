import { type Ctx, may, type Permission } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';

/** First line of every verb that changes or reveals something. Throws `access.denied`. */
export function authorise(ctx: Ctx, permission: Permission): void {
  if (may(ctx.actor, permission)) return;
  const who = ctx.actor.kind === 'operator' ? `Your role (${ctx.actor.role})` : 'This token';
  throw new BraidError('access.denied', `${who} does not allow ${permission}.`);
}
