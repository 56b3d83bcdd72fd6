import { route } from '@/lib/http/route';
import { checkAgainst } from '@/lib/policies/check-against';
import { checkedSchema, filesBodySchema } from '@/lib/policies/rest-model';

export const POST = route({
  name: 'checkPolicySet',
  summary:
    'Every problem of a policy set at its file, line and column, and what would become of present counts; nothing is stored.',
  permission: 'console.read',
  body: filesBodySchema,
  bodyLimit: 5_000_000,
  response: checkedSchema,
  handle: async ({ ctx, body }) => {
    const files = 'files' in body ? body.files : [{ name: 'set.yaml', text: body.source }];
    const { ok, problems, notes } = await checkAgainst(ctx, files);
    return { ok, problems, notes };
  },
});
