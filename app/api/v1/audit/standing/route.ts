import { logStanding } from '@/lib/decisions/log-standing';
import { logStandingSchema } from '@/lib/decisions/verify/standing-model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'logStanding',
  summary: 'How well the log stands: last proof, last signed checkpoint, public key, retention',
  permission: 'console.read',
  response: logStandingSchema,
  handle: ({ ctx }) => logStanding(ctx),
});
