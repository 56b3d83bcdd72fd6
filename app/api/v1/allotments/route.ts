import { list } from '@/lib/allotments/list';
import { allotmentRowSchema } from '@/lib/allotments/model';
import { listQuerySchema, pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listAllotments',
  summary: 'Shares of limits given to enforcement points that can not ask, newest first, with what was spent of each.',
  permission: 'console.read',
  query: listQuerySchema,
  response: pageSchema(allotmentRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});
