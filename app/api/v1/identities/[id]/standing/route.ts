import { route } from '@/lib/http/route';
import { identityIdSchema } from '@/lib/identities/model';
import { standing } from '@/lib/identities/standing';
import { standingSchema } from '@/lib/identities/standing-model';

export const GET = route({
  name: 'showStanding',
  summary: 'Exposures, decisions, findings of an identity, and how its access would end.',
  permission: 'console.read',
  params: identityIdSchema,
  response: standingSchema,
  handle: ({ ctx, params }) => standing(ctx, params),
});
