import { route } from '@/lib/http/route';
import { checkDir } from '@/lib/policies/check-dir';
import { checkedSchema, filesBodySchema } from '@/lib/policies/rest-model';

export const POST = route({
  name: 'checkPolicySet',
  summary: 'Every problem of a policy set at its file, line and column; nothing is stored.',
  permission: 'console.read',
  body: filesBodySchema,
  bodyLimit: 5_000_000,
  response: checkedSchema,
  handle: async ({ body }) => {
    const { ok, problems } = checkDir('files' in body ? body.files : [{ name: 'set.yaml', text: body.source }]);
    return { ok, problems };
  },
});
