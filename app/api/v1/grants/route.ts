import { ask } from '@/lib/access/grants/ask';
import { list } from '@/lib/access/grants/list';
import { askGrantSchema, grantRowSchema, listGrantsSchema } from '@/lib/access/grants/model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listGrants',
  summary: 'Roles operators asked for for a time: what waits for an answer first, then newest first',
  permission: 'console.read',
  query: listGrantsSchema,
  response: pageSchema(grantRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});

export const POST = route({
  name: 'askGrant',
  summary: 'Ask for a higher role for a time, in person: a token has its scopes and is refused',
  permission: 'console.read',
  body: askGrantSchema,
  status: 201,
  response: grantRowSchema,
  fromConsole: true,
  handle: ({ ctx, body }) => ask(ctx, body),
});
