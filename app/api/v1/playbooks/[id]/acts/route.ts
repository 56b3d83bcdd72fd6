import { route } from '@/lib/http/route';
import { actsPageSchema, actsQuerySchema } from '@/lib/playbooks/acts-model';
import { listActs } from '@/lib/playbooks/list-acts';
import { refSchema } from '@/lib/playbooks/model';

export const GET = route({
  name: 'listPlaybookActs',
  summary: 'What was done since the incident began, over its sessions and all that descend from them, the latest first',
  permission: 'console.read',
  params: refSchema,
  query: actsQuerySchema.omit({ id: true }),
  response: actsPageSchema,
  handle: ({ ctx, params, query }) => listActs(ctx, { ...query, id: params.id }),
});
