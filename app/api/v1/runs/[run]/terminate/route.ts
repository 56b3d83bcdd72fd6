import { route } from '@/lib/http/route';
import { endAllBodySchema, endedAllSchema } from '@/lib/revocations/end-all';
import { endRun } from '@/lib/sessions/end-run';
import { runRefSchema } from '@/lib/sessions/run-model';

export const POST = route({
  name: 'terminateRun',
  summary: 'Ends every live session of a run, of whichever identity and system. dryRun changes nothing',
  permission: 'session.terminate',
  params: runRefSchema,
  body: endAllBodySchema,
  response: endedAllSchema,
  status: 202,
  handle: ({ ctx, params, body }) => endRun(ctx, { ...body, ...params }),
});
