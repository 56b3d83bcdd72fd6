import { route } from '@/lib/http/route';
import { sessionDetailSchema, sessionIdSchema } from '@/lib/sessions/model';
import { show } from '@/lib/sessions/show';

export const GET = route({
  name: 'showSession',
  summary: 'One session with all that is known of it.',
  permission: 'console.read',
  params: sessionIdSchema,
  response: sessionDetailSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});
