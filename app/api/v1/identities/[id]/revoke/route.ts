import { route } from '@/lib/http/route';
import { mutationBodySchema, refSchema, requestedSchema } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';

export const POST = route({
  name: 'revokeIdentity',
  summary: 'Revokes an identity: denied from the next request, then ended in every system',
  permission: 'identity.revoke',
  params: refSchema,
  body: mutationBodySchema,
  response: requestedSchema,
  status: 202,
  handle: ({ ctx, params, body }) => request(ctx, { kind: 'revoke', identityId: params.id, ...body }),
});
