import type { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { liveOfLane } from '@/lib/lanes/live-of-lane';
import { laneRefSchema } from '@/lib/lanes/model';
import { type EndedAll, endAll, endAllBodySchema } from '@/lib/revocations/end-all';

const inputSchema = endAllBodySchema.extend(laneRefSchema.shape);

/**
 * Ends every session of a lane that lives now, as the lane is sorted now: nobody has to name them. What is beyond
 * one act is told as left. Errors: `not_found`, `conflict` (none lives), `response.second_operator`.
 */
export async function endLane(ctx: Ctx, input: z.input<typeof inputSchema>): Promise<EndedAll> {
  const { id, fingerprint, ...why } = inputSchema.parse(input);
  return endAll(ctx, { ...(await liveOfLane(ctx, { id, fingerprint })), ...why });
}
