import { route } from '@/lib/http/route';
import { changeReceiver, removeReceiver } from '@/lib/signals/change-receiver';
import { changeReceiverSchema, doneSchema, refSchema } from '@/lib/signals/model';

export const PATCH = route({
  name: 'changeSignalReceiver',
  summary: 'Lets a receiver of shared signals in or keeps it out',
  permission: 'signal.manage',
  params: refSchema,
  body: changeReceiverSchema.omit({ id: true }),
  response: doneSchema,
  handle: async ({ ctx, params, body }) => {
    await changeReceiver(ctx, { ...body, id: params.id });
    return { ok: true };
  },
});

export const DELETE = route({
  name: 'removeSignalReceiver',
  summary: 'Forgets a receiver of shared signals, its streams and what waited in them',
  permission: 'signal.manage',
  params: refSchema,
  response: doneSchema,
  handle: async ({ ctx, params }) => {
    await removeReceiver(ctx, params);
    return { ok: true };
  },
});
