import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { listReceived } from '@/lib/signals/list-received';
import { listReceivedSchema, receivedRowSchema } from '@/lib/signals/model';

export const GET = route({
  name: 'listReceivedSignals',
  summary: 'Shared signals that came in, newest first, with what each did or why it did nothing',
  permission: 'console.read',
  query: listReceivedSchema,
  response: pageSchema(receivedRowSchema),
  handle: ({ ctx, query }) => listReceived(ctx, query),
});
