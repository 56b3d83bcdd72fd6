import { route } from '@/lib/http/route';
import { agree } from '@/lib/responses/agree';
import { refSchema } from '@/lib/responses/model';
import { reasonBodySchema } from '@/lib/responses/rest-model';
import { bulkResultSchema } from '@/lib/revocations/bulk-model';

export const POST = route({
  name: 'agreeToResponse',
  summary: 'The second operator agrees: it is done now',
  permission: 'session.terminate',
  params: refSchema,
  body: reasonBodySchema,
  response: bulkResultSchema,
  status: 202,
  handle: ({ ctx, params, body }) => agree(ctx, { id: params.id, ...body }),
});
