import { route } from '@/lib/http/route';
import { identityIdSchema } from '@/lib/identities/model';
import { concurrencyQuerySchema, concurrencySchema } from '@/lib/sessions/model';
import { showConcurrency } from '@/lib/sessions/show-concurrency';

export const GET = route({
  name: 'showConcurrency',
  summary: 'How many sessions of an identity overlapped, as steps, and which.',
  permission: 'console.read',
  params: identityIdSchema,
  query: concurrencyQuerySchema.omit({ identityId: true }),
  response: concurrencySchema,
  handle: ({ ctx, params, query }) => showConcurrency(ctx, { identityId: params.id, ...query }),
});
