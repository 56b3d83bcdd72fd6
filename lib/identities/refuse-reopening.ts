import { type Ctx, may } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';

/**
 * Giving a name of a paused or revoked identity to another, or to nobody, lets its bearer in again: that is restoring
 * access, and needs the permission for it. Throws `access.denied`.
 */
export function refuseReopening(ctx: Ctx, identities: readonly ({ name: string; state: string } | undefined)[]): void {
  if (may(ctx.actor, 'identity.restore')) return;
  const closed = identities.find((identity) => identity && identity.state !== 'active');
  if (closed)
    throw new BraidError(
      'access.denied',
      `${closed.name} is ${closed.state}: changing what its names mean could reopen its access, which takes the permission identity.restore.`,
    );
}
