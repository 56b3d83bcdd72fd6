import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { list } from '@/lib/playbooks/list';
import { listPlaybooksSchema, playbookRowSchema, startSchema } from '@/lib/playbooks/model';
import { startedSchema } from '@/lib/playbooks/rest-model';
import { start } from '@/lib/playbooks/start';

export const GET = route({
  name: 'listPlaybooks',
  summary: 'Playbooks, newest first, with their four steps',
  permission: 'console.read',
  query: listPlaybooksSchema,
  response: pageSchema(playbookRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});

export const POST = route({
  name: 'startPlaybook',
  summary: 'Starts a playbook for an identity or one of its findings; one that is open already is that one',
  permission: 'finding.write',
  body: startSchema,
  response: startedSchema,
  status: 201,
  handle: ({ ctx, body }) => start(ctx, body),
});
