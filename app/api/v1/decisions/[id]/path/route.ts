import { exposureOfDecision } from '@/lib/decisions/exposure-of-decision';
import { path } from '@/lib/decisions/path';
import { decisionPathQuerySchema, pathParamsSchema, pathSchema } from '@/lib/decisions/rest-model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'showDecisionPath',
  summary: 'How the exposure of a decision got where it was: steps, strands, limit and crossing.',
  permission: 'console.read',
  params: pathParamsSchema,
  query: decisionPathQuerySchema,
  response: pathSchema,
  handle: async ({ ctx, params, query }) =>
    path(ctx, {
      decisionId: params.id,
      before: query.before,
      exposureId: await exposureOfDecision(ctx, { ...query, decisionId: params.id }),
    }),
});
