import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { addReceiver } from '@/lib/signals/add-receiver';
import { listReceivers } from '@/lib/signals/list-receivers';
import { addedReceiverSchema, addReceiverSchema, receiverRowSchema } from '@/lib/signals/model';

export const GET = route({
  name: 'listSignalReceivers',
  summary: 'Who may receive shared signals, with their streams and how they answered last',
  permission: 'console.read',
  response: pageSchema(receiverRowSchema),
  handle: ({ ctx }) => listReceivers(ctx),
});

export const POST = route({
  name: 'addSignalReceiver',
  summary: 'Registers a receiver of shared signals; its client secret is answered once',
  permission: 'signal.manage',
  body: addReceiverSchema,
  response: addedReceiverSchema,
  status: 201,
  handle: ({ ctx, body }) => addReceiver(ctx, body),
});
