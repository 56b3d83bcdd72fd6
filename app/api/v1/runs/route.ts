import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { listRuns } from '@/lib/sessions/list-runs';
import { runListQuerySchema, runRowSchema } from '@/lib/sessions/run-model';

export const GET = route({
  name: 'listRuns',
  summary: 'Runs of agents and pipelines over several tools and systems, that which began last first',
  permission: 'console.read',
  query: runListQuerySchema,
  response: pageSchema(runRowSchema),
  handle: ({ ctx, query }) => listRuns(ctx, query),
});
