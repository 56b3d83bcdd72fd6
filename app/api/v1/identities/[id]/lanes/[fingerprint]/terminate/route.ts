import { route } from '@/lib/http/route';
import { endedLaneSchema, endLane } from '@/lib/lanes/end-lane';
import { laneRefSchema } from '@/lib/lanes/model';
import { endAllBodySchema } from '@/lib/revocations/end-all';

export const POST = route({
  name: 'terminateLane',
  summary: 'Ends every session of a lane that lives now; nobody has to name them. dryRun changes nothing',
  permission: 'session.terminate',
  params: laneRefSchema,
  body: endAllBodySchema,
  response: endedLaneSchema,
  status: 202,
  handle: ({ ctx, params, body }) => endLane(ctx, { ...body, ...params }),
});
