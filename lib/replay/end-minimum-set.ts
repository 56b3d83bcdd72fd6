import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { endMany } from '@/lib/replay/end-many';
import { minimumSet } from '@/lib/replay/minimum-set';
import { type EndedMinimum, endMinimumSchema, type MinimumSet } from '@/lib/replay/minimum-set-model';
import { MOST_AT_ONCE } from '@/lib/revocations/bulk-model';

/** The set as it is now, and what it gives back. */
function setOf(found: MinimumSet, all: boolean): { ids: string[]; back: string } {
  if (all) {
    if (!found.sessions.length) throw new BraidError('conflict', 'No live session has a part in it.');
    const back = found.sessions.reduce((sum, one) => sum + BigInt(one.back), 0n);
    return { ids: found.sessions.map((one) => one.sessionId), back: back.toString() };
  }
  if (found.missing === '0') throw new BraidError('conflict', 'There is room already: nobody has to be ended.');
  if (!found.minimum)
    throw new BraidError('conflict', 'Ending sessions does not make enough room: what counted was settled and stays.');
  return { ids: found.minimum, back: found.back };
}

/**
 * Ends the fewest sessions that make room in an exposure, as they are now, in one act, and gives back what they hold; `all`:
 * every live session that has a part in it. Errors: `not_found`; `conflict` where there is room already, where no ending makes
 * it, or where none lives; `response.second_operator`.
 */
export async function endMinimumSet(ctx: Ctx, input: z.input<typeof endMinimumSchema>): Promise<EndedMinimum> {
  authorise(ctx, 'session.terminate');
  const { exposureId, need, below, all, ...why } = endMinimumSchema.parse(input);
  const { ids, back } = setOf(await minimumSet(ctx, { exposureId, need, below }), all);
  const sessionIds = ids.slice(0, MOST_AT_ONCE);
  const done = await endMany(ctx, { kind: 'terminate', sessionIds, ...why });
  return { ...done, back, left: ids.length - sessionIds.length };
}
