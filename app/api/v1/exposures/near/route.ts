import { listNear } from '@/lib/exposures/list-near';
import { nearQuerySchema, nearRowSchema } from '@/lib/exposures/near-model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listNearExposures',
  summary: 'Exposures that stand at a warning level of their limit, the highest level first',
  permission: 'console.read',
  query: nearQuerySchema,
  response: pageSchema(nearRowSchema),
  handle: ({ ctx, query }) => listNear(ctx, query),
});
