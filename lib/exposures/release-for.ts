import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { closeHold } from '@/lib/exposures/close';
import { recordRelease, whoseHold } from '@/lib/exposures/holds/store';
import { type HoldRow, type ReleaseFor, releaseForSchema } from '@/lib/exposures/model';
import { withHold } from '@/lib/exposures/with-hold';
import { BraidError } from '@/lib/platform/errors';

/**
 * Gives back what a caller holds that will not do so itself: a job that crashed, a token that was revoked. Nothing of it counts,
 * so whoever does it says why, and the audit log keeps that with the hold's end. What an allotment or a request for approval
 * stands on ends there. Throws `not_found`, `hold.closed`, `conflict`.
 */
export async function releaseFor(ctx: Ctx, input: ReleaseFor): Promise<HoldRow> {
  authorise(ctx, 'session.terminate');
  const { id, reason } = releaseForSchema.parse(input);
  const { standsFor } = await whoseHold(id);
  if (standsFor) throw new BraidError('conflict', standsFor);
  return withHold(ctx, id, 'released', (hold, states, writes) => closeHold(hold, 'release', () => 0n, states, writes), {
    anyones: true,
    also: (client, hold) => recordRelease(client, ctx, hold, reason),
  });
}
