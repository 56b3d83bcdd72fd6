import { list } from '@/lib/approvals/list';
import { listRequestsSchema, requestRowSchema } from '@/lib/approvals/model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listApprovals',
  summary: 'Requests for approval, newest first.',
  permission: 'console.read',
  query: listRequestsSchema,
  response: pageSchema(requestRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});
