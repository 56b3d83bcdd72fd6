import { z } from 'zod';
import { route } from '@/lib/http/route';
import { endMinimumSet } from '@/lib/replay/end-minimum-set';
import { minimumSet } from '@/lib/replay/minimum-set';
import {
  endedMinimumSchema,
  endMinimumBodySchema,
  minimumSetQuerySchema,
  minimumSetSchema,
} from '@/lib/replay/minimum-set-model';

export const GET = route({
  name: 'minimumSet',
  summary: 'The fewest sessions whose end makes room in an exposure, and what ending can not bring back.',
  permission: 'console.read',
  params: z.strictObject({ id: z.uuid() }),
  query: minimumSetQuerySchema,
  response: minimumSetSchema,
  handle: ({ ctx, params, query }) => minimumSet(ctx, { exposureId: params.id, ...query }),
});

export const POST = route({
  name: 'endMinimumSet',
  summary: 'Ends the fewest sessions that make room in an exposure, in one act. dryRun changes nothing',
  permission: 'session.terminate',
  params: z.strictObject({ id: z.uuid() }),
  body: endMinimumBodySchema,
  response: endedMinimumSchema,
  status: 202,
  handle: ({ ctx, params, body }) => endMinimumSet(ctx, { exposureId: params.id, ...body }),
});
