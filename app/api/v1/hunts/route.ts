import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { list } from '@/lib/hunts/list';
import { huntIdSchema, huntInputSchema, huntListSchema, huntRowSchema } from '@/lib/hunts/model';
import { start } from '@/lib/hunts/start';

export const GET = route({
  name: 'listHunts',
  summary: 'Hunts through stored history, newest first.',
  permission: 'console.read',
  query: huntListSchema,
  response: pageSchema(huntRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});

export const POST = route({
  name: 'startHunt',
  summary: 'Runs detectors over stored history, dry or raising what they find.',
  permission: 'finding.write',
  body: huntInputSchema,
  response: huntIdSchema,
  status: 202,
  handle: ({ ctx, body }) => start(ctx, body),
});
