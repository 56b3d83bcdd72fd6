import { z } from 'zod';
import { route } from '@/lib/http/route';
import { batchRowSchema } from '@/lib/sessions/inbox-model';
import { showBatch } from '@/lib/sessions/show-batch';

export const GET = route({
  name: 'showEventBatch',
  summary: 'What became of one batch of raw events, with the lines that were refused',
  permission: 'console.read',
  params: z.strictObject({ id: z.uuid() }),
  response: batchRowSchema,
  handle: ({ ctx, params }) => showBatch(ctx, params),
});
