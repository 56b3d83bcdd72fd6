import { route } from '@/lib/http/route';
import { runQuerySchema, runSchema } from '@/lib/sessions/run-model';
import { showRun } from '@/lib/sessions/show-run';

export const GET = route({
  name: 'showRun',
  summary: 'A run of an agent or pipeline over several tools and systems, as one',
  permission: 'console.read',
  query: runQuerySchema,
  response: runSchema,
  handle: ({ ctx, query }) => showRun(ctx, query),
});
