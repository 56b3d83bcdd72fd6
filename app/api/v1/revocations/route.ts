import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
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
