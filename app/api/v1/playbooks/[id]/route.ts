import { route } from '@/lib/http/route';
import { playbookDetailSchema, refSchema } from '@/lib/playbooks/model';
import { show } from '@/lib/playbooks/show';

export const GET = route({
  name: 'showPlaybook',
  summary: 'One playbook: its steps, its three tracks, and what the steps are worked with now',
  permission: 'console.read',
  params: refSchema,
  response: playbookDetailSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});
