import type { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { findLane } from '@/lib/lanes/find-lane';
import { laneRefSchema } from '@/lib/lanes/model';
import { type EndedAll, endAll, endAllBodySchema } from '@/lib/revocations/end-all';

const inputSchema = endAllBodySchema.extend(laneRefSchema.shape);

/**
 * Ends every session of a lane that lives now, as the lane is sorted now: nobody has to name them. Those that live are sorted
 * before the others. Errors: `not_found`, `conflict` (none lives), `response.second_operator`.
 */
export async function endLane(ctx: Ctx, input: z.input<typeof inputSchema>): Promise<EndedAll> {
  const { id, fingerprint, ...why } = inputSchema.parse(input);
  const { sessions } = await findLane(ctx, { identityId: id, lane: fingerprint });
  const sessionIds = sessions.filter((session) => session.live).map((session) => session.id);
  return endAll(ctx, { sessionIds, left: 0, ...why });
}
