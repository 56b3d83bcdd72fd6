import { route } from '@/lib/http/route';
import { ask } from '@/lib/revocations/ask';
import { askedSchema } from '@/lib/revocations/bulk-model';
import { mutationBodySchema, refSchema } from '@/lib/revocations/model';

export const POST = route({
  name: 'revokeIdentity',
  summary: 'Revokes an identity: denied from the next request, then ended in every system. dryRun changes nothing',
  permission: 'identity.revoke',
  params: refSchema,
  body: mutationBodySchema,
  response: askedSchema,
  status: 202,
  handle: ({ ctx, params, body }) => ask(ctx, { kind: 'revoke', identityId: params.id, ...body }),
});
