import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { reachable } from '@/lib/platform/outbound';
import { seal } from '@/lib/platform/secrets';
import { countStreams, insertStream, lockReceiver, type StoredReceiver, type StoredStream } from '@/lib/signals/store';
import type { CreateStream, Delivery } from '@/lib/signals/stream-model';
import { ctxOf } from '@/lib/signals/stream-of';

export const sealHeader = (streamId: string, header: string | null): string | null =>
  header ? seal(header, `signals.stream:${streamId}`) : null;

/** Where a receiver may not be pushed to, it is told so when it asks. Throws `input.invalid`. */
export function checkDelivery({ ownNetwork }: StoredReceiver, delivery: Delivery): void {
  if (!delivery.endpointUrl) return;
  try {
    reachable(delivery.endpointUrl, { ownNetwork });
  } catch (cause) {
    const said = cause instanceof BraidError ? cause.publicMessage : 'it can’t be reached';
    throw new BraidError('input.invalid', `delivery.endpoint_url: ${said}`, { cause });
  }
}

/** A stream of this receiver; without a delivery it is polled. Errors: `input.invalid`, `conflict` (it has as many as it may). */
export async function createStream(receiver: StoredReceiver, asked: CreateStream): Promise<StoredStream> {
  const delivery: Delivery = asked.delivery ?? { method: 'poll', endpointUrl: null, header: null };
  checkDelivery(receiver, delivery);
  const id = newId();
  const now = clock.now();
  return transaction(async (tx) => {
    await lockReceiver(tx, receiver.id);
    if ((await countStreams(tx, receiver.id)) >= receiver.streamsMost)
      throw new BraidError('conflict', 'This receiver has as many streams as it may: delete one first.');
    const stream = await insertStream(tx, {
      id,
      receiverId: receiver.id,
      audience: receiver.audience,
      eventsRequested: asked.events_requested ?? ['*'],
      method: delivery.method,
      endpointUrl: delivery.endpointUrl,
      sealedHeader: sealHeader(id, delivery.header),
      description: asked.description ?? null,
      activeAt: now,
      createdAt: now,
    });
    await record(tx, ctxOf(receiver), {
      action: 'signal_stream.create',
      target: { type: 'signal_stream', id, name: receiver.name },
      detail: { method: delivery.method, ...(delivery.endpointUrl ? { endpoint: delivery.endpointUrl } : {}) },
    });
    await hint(tx, 'signal', [id]);
    return stream;
  });
}
