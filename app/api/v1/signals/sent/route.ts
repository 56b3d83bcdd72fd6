import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { listSent } from '@/lib/signals/list-sent';
import { listSentSchema, sentRowSchema } from '@/lib/signals/model';

export const GET = route({
  name: 'listSentSignals',
  summary: 'Shared signals that went out, newest first, with what their receivers made of them',
  permission: 'console.read',
  query: listSentSchema,
  response: pageSchema(sentRowSchema),
  handle: ({ ctx, query }) => listSent(ctx, query),
});
