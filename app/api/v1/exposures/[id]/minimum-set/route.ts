import { z } from 'zod';
import { route } from '@/lib/http/route';
import { minimumSet } from '@/lib/replay/minimum-set';
import { minimumSetQuerySchema, minimumSetSchema } from '@/lib/replay/minimum-set-model';

export const GET = route({
  name: 'minimumSet',
  summary: 'The fewest sessions whose end makes room in an exposure, and what ending can not bring back.',
  permission: 'console.read',
  params: z.strictObject({ id: z.uuid() }),
  query: minimumSetQuerySchema,
  response: minimumSetSchema,
  handle: ({ ctx, params, query }) => minimumSet(ctx, { exposureId: params.id, ...query }),
});
