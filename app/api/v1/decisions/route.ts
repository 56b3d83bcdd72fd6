import { list } from '@/lib/decisions/list';
import { decisionListQuerySchema, decisionRowSchema } from '@/lib/decisions/rest-model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listDecisions',
  summary: 'Decisions, newest first, with both verdicts.',
  permission: 'console.read',
  query: decisionListQuerySchema,
  response: pageSchema(decisionRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});
