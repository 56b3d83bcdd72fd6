import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { checkDelivery, sealHeader } from '@/lib/signals/create-stream';
import { changeStreamRow, lockStream, type StoredReceiver, type StoredStream } from '@/lib/signals/store';
import type { ChangeStream } from '@/lib/signals/stream-model';
import { configOf, ctxOf, streamOf } from '@/lib/signals/stream-of';
import { canonical } from '@/lib/signals/subject-model';

const REPEATED = [
  'iss',
  'aud',
  'events_supported',
  'events_delivered',
  'min_verification_interval',
  'inactivity_timeout',
] as const;

/** What the transmitter decides may be repeated, and then has to be what it is. Throws `input.invalid`. */
function checkRepeated(stream: StoredStream, asked: ChangeStream): void {
  const config = configOf(stream) as Record<string, unknown>;
  const plain = (value: unknown) => canonical(Array.isArray(value) ? [...value].sort() : value);
  const other = REPEATED.find((name) => asked[name] !== undefined && plain(asked[name]) !== plain(config[name]));
  if (other) throw new BraidError('input.invalid', `${other} is not the receiver’s to change.`);
}

function deliveryOf(stream: StoredStream, asked: ChangeStream) {
  const { delivery } = asked;
  if (!delivery) return {};
  // An address that stays keeps its header unless another is given; another address never gets the old one's.
  const same = delivery.endpointUrl === stream.endpointUrl && delivery.header === null;
  return {
    method: delivery.method,
    endpointUrl: delivery.endpointUrl,
    sealedHeader: same ? stream.sealedHeader : sealHeader(stream.id, delivery.header),
    failures: 0,
    failingSince: null,
    heldUntil: null,
  };
}

/**
 * Changes what a receiver says of its stream. `replace`: what is not said is taken back (delivery falls back to polling, all
 * events are asked for). Errors: `not_found`, `input.invalid`.
 */
export async function changeStream(
  receiver: StoredReceiver,
  asked: ChangeStream,
  replace: boolean,
): Promise<StoredStream> {
  const found = await streamOf(receiver, asked.stream_id);
  checkRepeated(found, asked);
  const wanted: ChangeStream = replace
    ? {
        ...asked,
        delivery: asked.delivery ?? { method: 'poll', endpointUrl: null, header: null },
        events_requested: asked.events_requested ?? ['*'],
        description: asked.description ?? null,
      }
    : asked;
  if (wanted.delivery) checkDelivery(receiver, wanted.delivery);
  return transaction(async (tx) => {
    const stream = await lockStream(tx, found.id);
    if (!stream) throw new BraidError('not_found', 'There is no such stream.');
    const changed = await changeStreamRow(tx, stream.id, {
      ...deliveryOf(stream, wanted),
      ...(wanted.events_requested ? { eventsRequested: wanted.events_requested } : {}),
      ...(wanted.description === undefined ? {} : { description: wanted.description }),
      activeAt: clock.now(),
    });
    await record(tx, ctxOf(receiver), {
      action: 'signal_stream.update',
      target: { type: 'signal_stream', id: stream.id, name: receiver.name },
      detail: {
        method: changed.method,
        events: changed.eventsRequested,
        ...(changed.endpointUrl ? { endpoint: changed.endpointUrl } : {}),
      },
    });
    if (changed.method === 'push') await enqueue(tx, 'send-signals', { streamId: stream.id });
    await hint(tx, 'signal', [stream.id]);
    return changed;
  });
}
