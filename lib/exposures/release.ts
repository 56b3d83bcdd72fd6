import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { closeHold } from '@/lib/exposures/close';
import { type HoldRow, type ReleaseInput, releaseInputSchema } from '@/lib/exposures/model';
import { withHold } from '@/lib/exposures/with-hold';

/** Gives a hold back: nothing of it counts. Throws `not_found` and `hold.closed`. */
export async function release(ctx: Ctx, input: ReleaseInput): Promise<HoldRow> {
  authorise(ctx, 'decision.ask');
  const { holdId } = releaseInputSchema.parse(input);
  return withHold(ctx, holdId, 'released', (hold, states, writes) =>
    closeHold(hold, 'release', () => 0n, states, writes),
  );
}
