import { route } from '@/lib/http/route';
import { doneSchema, refSchema, statusInputSchema } from '@/lib/signals/model';
import { setStatus } from '@/lib/signals/set-status';

export const POST = route({
  name: 'setSignalStreamStatus',
  summary: 'Pauses (what comes is held), disables (it is dropped) or enables a stream, and tells its receiver',
  permission: 'signal.manage',
  params: refSchema,
  body: statusInputSchema.omit({ id: true }),
  response: doneSchema,
  handle: async ({ ctx, params, body }) => {
    await setStatus(ctx, { ...body, id: params.id });
    return { ok: true };
  },
});
