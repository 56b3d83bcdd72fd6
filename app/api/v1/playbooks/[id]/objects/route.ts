import { route } from '@/lib/http/route';
import { linkObject } from '@/lib/playbooks/link-object';
import { refSchema } from '@/lib/playbooks/model';
import { linkBodySchema, linkedSchema } from '@/lib/playbooks/objects-model';

export const POST = route({
  name: 'linkPlaybookObject',
  summary: 'Puts an identity, session or workload into the case, with its role and the reason',
  permission: 'finding.write',
  params: refSchema,
  body: linkBodySchema,
  response: linkedSchema,
  status: 201,
  handle: ({ ctx, params, body }) => linkObject(ctx, { ...body, id: params.id }),
});
