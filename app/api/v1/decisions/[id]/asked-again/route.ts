import { latestAskedSchema } from '@/lib/decisions/again-model';
import { pathParamsSchema } from '@/lib/decisions/rest-model';
import { showAskedAgain } from '@/lib/decisions/show-asked-again';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'showDecisionAskedAgain',
  summary: 'Whether what a decision allowed a session would be allowed still, asked again when something changed.',
  permission: 'console.read',
  params: pathParamsSchema,
  response: latestAskedSchema,
  handle: ({ ctx, params }) => showAskedAgain(ctx, { decisionId: params.id }),
});
