import { list } from '@/lib/drills/list';
import { drillRowSchema, listSchema, startedSchema, startSchema } from '@/lib/drills/model';
import { start } from '@/lib/drills/start';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listDrills',
  summary: 'Drills, newest first, with what was measured',
  permission: 'console.read',
  query: listSchema,
  response: pageSchema(drillRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});

export const POST = route({
  name: 'startDrill',
  summary: 'Ends a canary’s access through the machine that ends real access, times it and gives it back',
  permission: 'identity.revoke',
  body: startSchema,
  response: startedSchema,
  status: 202,
  handle: ({ ctx, body }) => start(ctx, body),
});
