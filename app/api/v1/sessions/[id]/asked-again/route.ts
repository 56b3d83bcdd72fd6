import { latestAskedSchema } from '@/lib/decisions/again-model';
import { showAskedAgain } from '@/lib/decisions/show-asked-again';
import { route } from '@/lib/http/route';
import { sessionIdSchema } from '@/lib/sessions/model';

export const GET = route({
  name: 'showSessionAskedAgain',
  summary: 'Whether what a session was last allowed would be allowed still, asked again when something changed.',
  permission: 'console.read',
  params: sessionIdSchema,
  response: latestAskedSchema,
  handle: ({ ctx, params }) => showAskedAgain(ctx, { sessionId: params.id }),
});
