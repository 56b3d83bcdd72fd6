import { route } from '@/lib/http/route';
import { ask } from '@/lib/revocations/ask';
import { askedSchema } from '@/lib/revocations/bulk-model';
import { mutationBodySchema, refSchema } from '@/lib/revocations/model';

export const POST = route({
  name: 'restoreIdentity',
  summary: 'Restores a revoked identity. dryRun changes nothing',
  permission: 'identity.restore',
  params: refSchema,
  body: mutationBodySchema,
  response: askedSchema,
  status: 202,
  handle: ({ ctx, params, body }) => ask(ctx, { kind: 'restore', identityId: params.id, ...body }),
});
