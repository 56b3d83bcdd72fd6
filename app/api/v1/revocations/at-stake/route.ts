import { route } from '@/lib/http/route';
import { atStake } from '@/lib/revocations/at-stake';
import { previewQuerySchema } from '@/lib/revocations/model';
import { atStakeSchema } from '@/lib/revocations/stake/model';

export const GET = route({
  name: 'atStake',
  summary:
    'What is in flight when this access ends: open holds, held leases, approvals, tasks, and what passes until then; changes nothing',
  permission: 'console.read',
  query: previewQuerySchema,
  response: atStakeSchema,
  handle: ({ ctx, query }) => atStake(ctx, query),
});
