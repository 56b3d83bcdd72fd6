import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { list } from '@/lib/responses/list';
import { listResponsesSchema, responseRowSchema } from '@/lib/responses/model';
import { propose } from '@/lib/responses/propose';
import { askedSchema } from '@/lib/responses/rest-model';
import { bulkInputSchema } from '@/lib/revocations/bulk-model';

export const GET = route({
  name: 'listResponses',
  summary: 'What rules and policies did or were refused, and what waits for a second operator, newest first',
  permission: 'console.read',
  query: listResponsesSchema,
  response: pageSchema(responseRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});

export const POST = route({
  name: 'proposeResponse',
  summary: 'Asks a second operator for an action that reaches further than one may go alone; nothing happens before',
  permission: 'console.read', // the verb asks for what the action itself needs
  body: bulkInputSchema,
  response: askedSchema,
  status: 202,
  handle: ({ ctx, body }) => propose(ctx, body),
});
