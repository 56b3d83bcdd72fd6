import { route } from '@/lib/http/route';
import { mutationBodySchema, refSchema, requestedSchema } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';

export const POST = route({
  name: 'pauseIdentity',
  summary: 'Pauses an identity: denied until it is resumed',
  permission: 'identity.pause',
  params: refSchema,
  body: mutationBodySchema,
  response: requestedSchema,
  status: 202,
  handle: ({ ctx, params, body }) => request(ctx, { kind: 'pause', identityId: params.id, ...body }),
});
