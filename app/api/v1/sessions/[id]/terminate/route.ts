import { route } from '@/lib/http/route';
import { mutationBodySchema, refSchema, requestedSchema } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';

export const POST = route({
  name: 'terminateSession',
  summary: 'Ends one session',
  permission: 'session.terminate',
  params: refSchema,
  body: mutationBodySchema,
  response: requestedSchema,
  status: 202,
  handle: ({ ctx, params, body }) => request(ctx, { kind: 'terminate', sessionIds: [params.id], ...body }),
});
