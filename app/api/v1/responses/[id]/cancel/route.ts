import { route } from '@/lib/http/route';
import { cancel } from '@/lib/responses/cancel';
import { refSchema } from '@/lib/responses/model';
import { proposedSchema, reasonBodySchema } from '@/lib/responses/rest-model';

export const POST = route({
  name: 'cancelResponse',
  summary: 'It does not happen: cancels what waits for its time or for somebody to agree',
  permission: 'session.terminate',
  params: refSchema,
  body: reasonBodySchema,
  response: proposedSchema,
  status: 200,
  handle: ({ ctx, params, body }) => cancel(ctx, { id: params.id, ...body }),
});
