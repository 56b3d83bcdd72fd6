import { z } from 'zod';
import { route } from '@/lib/http/route';
import { analyseBoundaries } from '@/lib/replay/analyse-boundaries';
import { boundariesSchema, boundaryQuerySchema } from '@/lib/replay/boundary-model';

export const GET = route({
  name: 'analyseBoundaries',
  summary:
    'Per limit of a policy set: where activity could be split to stay under it, how much would pass, what closes it.',
  permission: 'console.read',
  params: z.strictObject({ name: z.string().min(1).max(100) }),
  query: boundaryQuerySchema.omit({ name: true }),
  response: boundariesSchema,
  handle: ({ ctx, params, query }) => analyseBoundaries(ctx, { ...params, ...query }),
});
