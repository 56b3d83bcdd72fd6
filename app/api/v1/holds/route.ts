import { openHoldSchema, openHoldsSchema } from '@/lib/exposures/holds/model';
import { listHolds } from '@/lib/exposures/list-holds';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listOpenHolds',
  summary: 'Holds and leases that are open now, with who holds what',
  permission: 'console.read',
  query: openHoldsSchema,
  response: pageSchema(openHoldSchema),
  handle: ({ ctx, query }) => listHolds(ctx, query),
});
