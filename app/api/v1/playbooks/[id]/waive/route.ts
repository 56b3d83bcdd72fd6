import { route } from '@/lib/http/route';
import { refSchema } from '@/lib/playbooks/model';
import { changedSchema, waiveBodySchema } from '@/lib/playbooks/rest-model';
import { waive } from '@/lib/playbooks/waive';

export const POST = route({
  name: 'waivePlaybookStep',
  summary: 'Leaves a step out, with the reason',
  permission: 'finding.write',
  params: refSchema,
  body: waiveBodySchema,
  response: changedSchema,
  handle: ({ ctx, params, body }) => waive(ctx, { ...body, id: params.id }),
});
