import { route } from '@/lib/http/route';
import { verifyStream } from '@/lib/signals/ask-verification';
import { doneSchema, refSchema } from '@/lib/signals/model';

export const POST = route({
  name: 'verifySignalStream',
  summary: 'Sends a verification event into a stream; verified when its receiver has taken it',
  permission: 'signal.manage',
  params: refSchema,
  response: doneSchema,
  status: 202,
  handle: async ({ ctx, params }) => {
    await verifyStream(ctx, params);
    return { ok: true };
  },
});
