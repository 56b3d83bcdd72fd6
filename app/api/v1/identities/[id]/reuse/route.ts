import { route } from '@/lib/http/route';
import { identityIdSchema } from '@/lib/identities/model';
import { reuseSchema } from '@/lib/sessions/reuse-model';
import { showReuse } from '@/lib/sessions/show-reuse';

export const GET = route({
  name: 'showCredentialReuse',
  summary:
    'Credentials an identity was seen with, and which identities, client programs and systems were seen with each',
  permission: 'console.read',
  params: identityIdSchema,
  response: reuseSchema,
  handle: ({ ctx, params }) => showReuse(ctx, params),
});
