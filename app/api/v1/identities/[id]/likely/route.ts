import { route } from '@/lib/http/route';
import { likely } from '@/lib/identities/likely';
import { likelyListSchema } from '@/lib/identities/likely-model';
import { identityIdSchema } from '@/lib/identities/model';

export const GET = route({
  name: 'listLikelyIdentities',
  summary: 'Identities that may be this one at another system, why, and how sure that is',
  permission: 'console.read',
  params: identityIdSchema,
  response: likelyListSchema,
  handle: ({ ctx, params }) => likely(ctx, params),
});
