// Raw events from whoever has them. Only their sender is checked here, and they are appended to the inbox. Routes only.
import type { Ctx } from '@/lib/access/model';
import { type Call, readBytes, send } from '@/lib/server/pdp-http';
import { BATCH_MOST } from '@/lib/sessions/inbox-model';
import { receiveEvents } from '@/lib/sessions/receive-events';
import { showBatch } from '@/lib/sessions/show-batch';

export const eventRoutes = (verified: (call: Call) => Promise<Ctx>) => [
  {
    method: 'POST' as const,
    path: /^\/v1\/events$/,
    name: 'receive_events',
    authzen: false,
    handle: async (call: Call): Promise<void> => {
      const ctx = await verified(call);
      const { searchParams } = new URL(call.target, 'http://pdp');
      const [format, mapping] = ['format', 'mapping'].map((name) => searchParams.get(name) ?? undefined);
      const { batchId } = await receiveEvents(ctx, { format, mapping, body: await readBytes(call, BATCH_MOST) });
      send(call, 202, { batchId }, { Location: `/v1/events/${batchId}` });
    },
  },
  {
    method: 'GET' as const,
    path: /^\/v1\/events\/[0-9a-f-]{36}$/,
    name: 'show_batch',
    authzen: false,
    handle: async (call: Call): Promise<void> => {
      const ctx = await verified(call);
      send(call, 200, await showBatch(ctx, { id: call.path.split('/')[3]! }));
    },
  },
];
