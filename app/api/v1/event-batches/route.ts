import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { batchListQuerySchema, batchRowSchema } from '@/lib/sessions/inbox-model';
import { listBatches } from '@/lib/sessions/list-batches';

export const GET = route({
  name: 'listEventBatches',
  summary: 'Batches of raw events that were sent to the decision point in the last week, newest first',
  permission: 'console.read',
  query: batchListQuerySchema,
  response: pageSchema(batchRowSchema),
  handle: ({ ctx, query }) => listBatches(ctx, query),
});
