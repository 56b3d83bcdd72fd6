import { route } from '@/lib/http/route';
import { doneSchema, refSchema } from '@/lib/signals/model';
import { verifySource } from '@/lib/signals/verify-source';

export const POST = route({
  name: 'verifySignalSource',
  summary: 'Asks a transmitter for a verification event; verified when it comes back with our state',
  permission: 'signal.manage',
  params: refSchema,
  response: doneSchema,
  status: 202,
  handle: async ({ ctx, params }) => {
    await verifySource(ctx, params);
    return { ok: true };
  },
});
