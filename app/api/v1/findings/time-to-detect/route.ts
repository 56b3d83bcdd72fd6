import { timeToDetectSchema } from '@/lib/findings/detected/model';
import { speed } from '@/lib/findings/speed';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'getTimeToDetect',
  summary: 'From the event that completed a pattern to its finding, over the last 90 days: median and 95th percentile',
  permission: 'console.read',
  response: timeToDetectSchema,
  handle: ({ ctx }) => speed(ctx),
});
