import { passed } from '@/lib/decisions/passed';
import { passedQuerySchema, passedSchema } from '@/lib/decisions/passed-model';
import { route } from '@/lib/http/route';
import { identityIdSchema } from '@/lib/identities/model';

export const GET = route({
  name: 'getPassed',
  summary: 'What an identity was allowed in a time, session by session: the loss, if that time was an incident.',
  permission: 'console.read',
  params: identityIdSchema,
  query: passedQuerySchema.omit({ identityId: true }),
  response: passedSchema,
  handle: ({ ctx, params, query }) => passed(ctx, { identityId: params.id, ...query }),
});
