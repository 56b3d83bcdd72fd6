import { route } from '@/lib/http/route';
import { counterfactual } from '@/lib/replay/counterfactual';
import { counterfactualSchema, replayInputSchema } from '@/lib/replay/counterfactual-model';

export const POST = route({
  name: 'replay',
  summary:
    'What would have come of a period with a session ended, another limit, scope or policy version. Writes nothing.',
  permission: 'console.read',
  body: replayInputSchema,
  response: counterfactualSchema,
  handle: ({ ctx, body }) => counterfactual(ctx, body),
});
