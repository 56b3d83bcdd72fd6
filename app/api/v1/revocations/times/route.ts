import { route } from '@/lib/http/route';
import { times } from '@/lib/revocations/times';
import { timesSchema } from '@/lib/revocations/times/model';

export const GET = route({
  name: 'getRevocationTimes',
  summary:
    'Time to revoke, measured (90 days): per system, beside what is declared and drilled; exposure after detection',
  permission: 'console.read',
  response: timesSchema,
  handle: ({ ctx }) => times(ctx),
});
