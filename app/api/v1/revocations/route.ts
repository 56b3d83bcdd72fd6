import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { bulk } from '@/lib/revocations/bulk';
import { bulkInputSchema, bulkResultSchema } from '@/lib/revocations/bulk-model';
import { list } from '@/lib/revocations/list';
import { listInputSchema } from '@/lib/revocations/model';
import { revocationRowSchema } from '@/lib/revocations/rest-model';

export const GET = route({
  name: 'listRevocations',
  summary: 'Revocations, newest first, with their steps',
  permission: 'console.read',
  query: listInputSchema,
  response: pageSchema(revocationRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});

export const POST = route({
  name: 'bulkRevoke',
  summary: 'One action over many identities or sessions; says of those left out why. dryRun changes nothing',
  permission: 'console.read', // the verb asks for what the action itself needs
  body: bulkInputSchema,
  response: bulkResultSchema,
  status: 202,
  handle: ({ ctx, body }) => bulk(ctx, body),
});
