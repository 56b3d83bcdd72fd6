import { path } from '@/lib/decisions/path';
import { exposurePathQuerySchema, pathParamsSchema, pathSchema } from '@/lib/decisions/rest-model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'showExposurePath',
  summary: 'How an exposure got where it is: steps, strands, limit and crossing.',
  permission: 'console.read',
  params: pathParamsSchema,
  query: exposurePathQuerySchema,
  response: pathSchema,
  handle: ({ ctx, params, query }) => path(ctx, { exposureId: params.id, ...query }),
});
