import { route } from '@/lib/http/route';
import { mutationBodySchema, refSchema, requestedSchema } from '@/lib/revocations/model';
import { request } from '@/lib/revocations/request';

export const POST = route({
  name: 'restoreIdentity',
  summary: 'Restores a revoked identity',
  permission: 'identity.restore',
  params: refSchema,
  body: mutationBodySchema,
  response: requestedSchema,
  status: 202,
  handle: ({ ctx, params, body }) => request(ctx, { kind: 'restore', identityId: params.id, ...body }),
});
