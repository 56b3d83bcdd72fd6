import { route } from '@/lib/http/route';
import { ask } from '@/lib/revocations/ask';
import { askedSchema } from '@/lib/revocations/bulk-model';
import { mutationBodySchema, refSchema } from '@/lib/revocations/model';

export const POST = route({
  name: 'rotateSecret',
  summary:
    'Makes another secret the only one that works, ends what the old one opened and proves it. dryRun changes nothing',
  permission: 'identity.rotate',
  params: refSchema,
  body: mutationBodySchema,
  response: askedSchema,
  status: 202,
  handle: ({ ctx, params, body }) => ask(ctx, { kind: 'rotate', identityId: params.id, ...body }),
});
