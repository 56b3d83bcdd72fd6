import { route } from '@/lib/http/route';
import { changeSource, removeSource } from '@/lib/signals/change-source';
import { changeSourceSchema, doneSchema, refSchema } from '@/lib/signals/model';

export const PATCH = route({
  name: 'changeSignalSource',
  summary: 'What follows from what a transmitter says, whose names it uses, and whether it is listened to',
  permission: 'signal.manage',
  params: refSchema,
  body: changeSourceSchema.omit({ id: true }),
  response: doneSchema,
  handle: async ({ ctx, params, body }) => {
    await changeSource(ctx, { ...body, id: params.id });
    return { ok: true };
  },
});

export const DELETE = route({
  name: 'removeSignalSource',
  summary: 'Stops listening to a transmitter, and deletes the stream there where it can be reached',
  permission: 'signal.manage',
  params: refSchema,
  response: doneSchema,
  handle: async ({ ctx, params }) => {
    await removeSource(ctx, params);
    return { ok: true };
  },
});
