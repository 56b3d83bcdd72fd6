import { route } from '@/lib/http/route';
import { ask } from '@/lib/revocations/ask';
import { askedSchema } from '@/lib/revocations/bulk-model';
import { mutationBodySchema, refSchema } from '@/lib/revocations/model';

export const POST = route({
  name: 'terminateSession',
  summary: 'Ends one session. dryRun changes nothing',
  permission: 'session.terminate',
  params: refSchema,
  body: mutationBodySchema,
  response: askedSchema,
  status: 202,
  handle: ({ ctx, params, body }) => ask(ctx, { kind: 'terminate', sessionIds: [params.id], ...body }),
});
