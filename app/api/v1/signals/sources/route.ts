import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { addSource } from '@/lib/signals/add-source';
import { listSources } from '@/lib/signals/list-sources';
import { addSourceSchema, refSchema, sourceRowSchema } from '@/lib/signals/model';

export const GET = route({
  name: 'listSignalSources',
  summary: 'Whom Braid receives shared signals from, how that goes and what follows from it',
  permission: 'console.read',
  response: pageSchema(sourceRowSchema),
  handle: ({ ctx }) => listSources(ctx),
});

export const POST = route({
  name: 'addSignalSource',
  summary: 'Makes a stream at a transmitter of shared signals, and listens to it',
  permission: 'signal.manage',
  body: addSourceSchema,
  response: refSchema,
  status: 201,
  handle: ({ ctx, body }) => addSource(ctx, body),
});
