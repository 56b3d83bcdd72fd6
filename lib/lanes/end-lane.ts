import { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { liveOfLane } from '@/lib/lanes/live-of-lane';
import { laneRefSchema } from '@/lib/lanes/model';
import { endAll, endAllBodySchema, endedAllSchema } from '@/lib/revocations/end-all';

const inputSchema = endAllBodySchema.extend(laneRefSchema.shape);

export const endedLaneSchema = endedAllSchema.extend({
  /** How many of them somebody in another lane holds as well: a session ends for all who hold it. */
  shared: z.number().int(),
});

/**
 * Ends every session of a lane that lives now, as the lane is sorted now: nobody has to name them. What is beyond
 * one act is told as left. Errors: `not_found`, `conflict` (none lives), `response.second_operator`.
 */
export async function endLane(ctx: Ctx, input: z.input<typeof inputSchema>): Promise<z.infer<typeof endedLaneSchema>> {
  const { id, fingerprint, ...why } = inputSchema.parse(input);
  const { shared, ...live } = await liveOfLane(ctx, { id, fingerprint });
  return { ...(await endAll(ctx, { ...live, ...why })), shared };
}
