import { route } from '@/lib/http/route';
import { agree } from '@/lib/responses/agree';
import { agreementSchema, refSchema } from '@/lib/responses/model';
import { reasonBodySchema } from '@/lib/responses/rest-model';

export const POST = route({
  name: 'agreeToResponse',
  summary: 'The second operator agrees: it is done now',
  permission: 'session.terminate',
  params: refSchema,
  body: reasonBodySchema,
  response: agreementSchema,
  status: 202,
  handle: ({ ctx, params, body }) => agree(ctx, { id: params.id, ...body }),
});
