import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { list } from '@/lib/sessions/list';
import { sessionListQuerySchema, sessionRowSchema } from '@/lib/sessions/model';

export const GET = route({
  name: 'listSessions',
  summary: 'Sessions, newest start first.',
  permission: 'console.read',
  query: sessionListQuerySchema,
  response: pageSchema(sessionRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});
