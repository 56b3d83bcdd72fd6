import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { endMany } from '@/lib/replay/end-many';
import { minimumSet } from '@/lib/replay/minimum-set';
import { type EndedMinimum, endMinimumSchema } from '@/lib/replay/minimum-set-model';
import { MOST_AT_ONCE } from '@/lib/revocations/bulk-model';

/**
 * Ends the fewest sessions that make room in an exposure, as they are now, in one act, and gives back what they hold. Errors:
 * `not_found`; `conflict` where there is room already, or where no ending makes it; `response.second_operator`.
 */
export async function endMinimumSet(ctx: Ctx, input: z.input<typeof endMinimumSchema>): Promise<EndedMinimum> {
  authorise(ctx, 'session.terminate');
  const { exposureId, need, below, ...why } = endMinimumSchema.parse(input);
  const found = await minimumSet(ctx, { exposureId, need, below });
  if (found.missing === '0') throw new BraidError('conflict', 'There is room already: nobody has to be ended.');
  if (!found.minimum)
    throw new BraidError('conflict', 'Ending sessions does not make enough room: what counted was settled and stays.');
  const sessionIds = found.minimum.slice(0, MOST_AT_ONCE);
  const done = await endMany(ctx, { kind: 'terminate', sessionIds, ...why });
  return { ...done, back: found.back, left: found.minimum.length - sessionIds.length };
}
