import { route } from '@/lib/http/route';
import { inboxSchema } from '@/lib/sessions/inbox-model';
import { showInbox } from '@/lib/sessions/show-inbox';

export const GET = route({
  name: 'showInbox',
  summary: 'What waits to be taken in, and what came in the last 24 hours',
  permission: 'console.read',
  response: inboxSchema,
  handle: ({ ctx }) => showInbox(ctx),
});
