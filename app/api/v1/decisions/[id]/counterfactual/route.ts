import { pathParamsSchema } from '@/lib/decisions/rest-model';
import { route } from '@/lib/http/route';
import { counterfactualBodySchema, counterfactualSchema } from '@/lib/replay/counterfactual-model';
import { counterfactualOf } from '@/lib/replay/counterfactual-of';

export const POST = route({
  name: 'replayDecisionPath',
  summary: "What would have come of a decision's path with a session ended, another limit, scope or policy version.",
  permission: 'console.read',
  params: pathParamsSchema,
  body: counterfactualBodySchema,
  response: counterfactualSchema,
  handle: ({ ctx, params, body }) => counterfactualOf(ctx, { decisionId: params.id, ...body }),
});
