import { actorAt, type Ctx, may, type Permission } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/**
 * First line of every verb that changes or reveals something. Throws `access.denied`. A role held for a time is over from
 * its very millisecond on, also for a request that had begun before.
 */
export function authorise(ctx: Ctx, permission: Permission): void {
  const actor = actorAt(ctx.actor, clock.ms());
  if (may(actor, permission)) return;
  const over = actor !== ctx.actor && may(ctx.actor, permission);
  const who =
    actor.kind !== 'operator'
      ? 'This token'
      : over
        ? `The role you held for a time is over, and your own (${actor.role})`
        : `Your role (${actor.grant ? `${actor.role}, for a time ${actor.grant.role}` : actor.role})`;
  throw new BraidError('access.denied', `${who} does not allow ${permission}.`);
}
