import { route } from '@/lib/http/route';
import { finish } from '@/lib/playbooks/finish';
import { finishBodySchema, refSchema } from '@/lib/playbooks/model';
import { changedSchema } from '@/lib/playbooks/rest-model';

export const POST = route({
  name: 'finishPlaybookStep',
  summary: 'A step is done, with its evidence; refused with what is missing',
  permission: 'finding.write',
  params: refSchema,
  body: finishBodySchema,
  response: changedSchema,
  handle: ({ ctx, params, body }) => finish(ctx, { ...body, id: params.id }),
});
