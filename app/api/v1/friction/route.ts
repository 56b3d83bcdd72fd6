import { frictionQuerySchema, frictionSchema } from '@/lib/decisions/friction-model';
import { showFriction } from '@/lib/decisions/show-friction';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'getFriction',
  summary:
    'What control cost: refusals and step-ups by day and rule, the time decisions took, and what people gave back',
  permission: 'console.read',
  query: frictionQuerySchema,
  response: frictionSchema,
  handle: ({ ctx, query }) => showFriction(ctx, query),
});
