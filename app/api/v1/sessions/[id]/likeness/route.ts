import { route } from '@/lib/http/route';
import { compareEarlier } from '@/lib/sessions/compare-earlier';
import { likenessSchema } from '@/lib/sessions/likeness-model';
import { sessionIdSchema } from '@/lib/sessions/model';

export const GET = route({
  name: 'showSessionLikeness',
  summary: 'How much a session is like earlier ones of its identity, and what none of them did.',
  permission: 'console.read',
  params: sessionIdSchema,
  response: likenessSchema,
  handle: ({ ctx, params }) => compareEarlier(ctx, params),
});
