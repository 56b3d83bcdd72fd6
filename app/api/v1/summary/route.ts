import { route } from '@/lib/http/route';
import { summarySchema } from '@/lib/shell/model';
import { summarise } from '@/lib/shell/summarise';

export const GET = route({
  name: 'getSummary',
  summary: 'Counts of what there is and of what waits',
  permission: 'console.read',
  response: summarySchema,
  handle: ({ ctx }) => summarise(ctx),
});
