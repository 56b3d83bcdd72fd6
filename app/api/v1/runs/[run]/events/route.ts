import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { listRunEvents } from '@/lib/sessions/list-run-events';
import { runMomentSchema, runQuerySchema, runRefSchema } from '@/lib/sessions/run-model';

export const GET = route({
  name: 'listRunEvents',
  summary: 'What all parts of a run did, in one order of time, newest first',
  permission: 'console.read',
  params: runRefSchema,
  query: runQuerySchema.omit({ run: true }),
  response: pageSchema(runMomentSchema),
  handle: ({ ctx, params, query }) => listRunEvents(ctx, { ...query, ...params }),
});
