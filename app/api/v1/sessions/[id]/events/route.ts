import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { listEvents } from '@/lib/sessions/list-events';
import { eventListQuerySchema, sessionEventRowSchema, sessionIdSchema } from '@/lib/sessions/model';

export const GET = route({
  name: 'listSessionEvents',
  summary: 'What a session did, newest first.',
  permission: 'console.read',
  params: sessionIdSchema,
  query: eventListQuerySchema.omit({ sessionId: true }),
  response: pageSchema(sessionEventRowSchema),
  handle: ({ ctx, params, query }) => listEvents(ctx, { sessionId: params.id, ...query }),
});
