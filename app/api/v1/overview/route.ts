import { route } from '@/lib/http/route';
import { overviewSchema } from '@/lib/overview/model';
import { show } from '@/lib/overview/show';

export const GET = route({
  name: 'showOverview',
  summary: 'Four figures, what waits for somebody, who is live now, and the last hour of decisions.',
  permission: 'console.read',
  response: overviewSchema,
  handle: ({ ctx }) => show(ctx),
});
