import { route } from '@/lib/http/route';
import { ask } from '@/lib/revocations/ask';
import { askedSchema } from '@/lib/revocations/bulk-model';
import { mutationBodySchema, refSchema } from '@/lib/revocations/model';

export const POST = route({
  name: 'pauseIdentity',
  summary: 'Pauses an identity: denied until it is resumed. dryRun changes nothing',
  permission: 'identity.pause',
  params: refSchema,
  body: mutationBodySchema,
  response: askedSchema,
  status: 202,
  handle: ({ ctx, params, body }) => ask(ctx, { kind: 'pause', identityId: params.id, ...body }),
});
