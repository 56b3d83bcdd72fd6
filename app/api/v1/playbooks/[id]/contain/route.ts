import { route } from '@/lib/http/route';
import { contain } from '@/lib/playbooks/contain';
import { refSchema } from '@/lib/playbooks/model';
import { changedSchema, containBodySchema } from '@/lib/playbooks/rest-model';

export const POST = route({
  name: 'containPlaybook',
  summary: 'Contained: only when each step is done or waived',
  permission: 'finding.write',
  params: refSchema,
  body: containBodySchema,
  response: changedSchema,
  handle: ({ ctx, params, body }) => contain(ctx, { ...body, id: params.id }),
});
