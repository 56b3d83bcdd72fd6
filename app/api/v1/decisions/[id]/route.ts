import { decisionDetailSchema, pathParamsSchema } from '@/lib/decisions/rest-model';
import { show } from '@/lib/decisions/show';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'showDecision',
  summary: 'One decision with its whole trace.',
  permission: 'console.read',
  params: pathParamsSchema,
  response: decisionDetailSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});
