import { route } from '@/lib/http/route';
import { runQuerySchema, runRefSchema, runSchema } from '@/lib/sessions/run-model';
import { showRun } from '@/lib/sessions/show-run';

export const GET = route({
  name: 'showRun',
  summary: 'A run of an agent or pipeline over several tools and systems, as one',
  permission: 'console.read',
  params: runRefSchema,
  query: runQuerySchema.omit({ run: true }),
  response: runSchema,
  handle: ({ ctx, params, query }) => showRun(ctx, { ...query, ...params }),
});
