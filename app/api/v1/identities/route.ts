import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { list } from '@/lib/identities/list';
import { identityListQuerySchema, identityRowSchema } from '@/lib/identities/model';

export const GET = route({
  name: 'listIdentities',
  summary: 'Identities, those with most live sessions first.',
  permission: 'console.read',
  query: identityListQuerySchema,
  response: pageSchema(identityRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});
