import { route } from '@/lib/http/route';
import { refSchema } from '@/lib/playbooks/model';
import { reopen } from '@/lib/playbooks/reopen';
import { changedSchema, waiveBodySchema } from '@/lib/playbooks/rest-model';

export const POST = route({
  name: 'reopenPlaybookStep',
  summary: 'Opens a step again that was done or waived, with the reason; what was contained is not any more',
  permission: 'finding.write',
  params: refSchema,
  body: waiveBodySchema,
  response: changedSchema,
  handle: ({ ctx, params, body }) => reopen(ctx, { ...body, id: params.id }),
});
