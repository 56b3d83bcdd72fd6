import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { issuer, pollAddress } from '@/lib/signals/addresses';
import { delivered } from '@/lib/signals/emit';
import { SENT } from '@/lib/signals/event-model';
import { findStream, type StoredReceiver, type StoredStream } from '@/lib/signals/store';
import { INACTIVITY_SECS, POLL, PUSH, VERIFY_SECS } from '@/lib/signals/stream-model';

const ID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** A receiver's own stream. What is somebody else's is not there: `not_found`. */
export async function streamOf(receiver: StoredReceiver, id: string): Promise<StoredStream> {
  const stream = ID.test(id) ? await findStream(id) : null;
  if (stream?.receiverId === receiver.id) return stream;
  throw new BraidError('not_found', 'There is no such stream.');
}

/** Who acts when a receiver manages its stream, for the audit log. */
export const ctxOf = (receiver: StoredReceiver): Ctx => ({
  actor: { kind: 'token', id: receiver.id, name: `receiver:${receiver.name}`, scopes: [], issuer: receiver.audience },
});

/** A stream as its receiver is shown it. Its authorization header stays with it: it is a secret. */
export function configOf(stream: StoredStream) {
  const { eventsRequested, description } = stream;
  return {
    stream_id: stream.id,
    iss: issuer(),
    aud: stream.audience,
    events_supported: [...SENT],
    ...(eventsRequested.includes('*') ? {} : { events_requested: eventsRequested }),
    events_delivered: delivered(eventsRequested),
    delivery:
      stream.method === 'push'
        ? { method: PUSH, endpoint_url: stream.endpointUrl! }
        : { method: POLL, endpoint_url: pollAddress(stream.id) },
    min_verification_interval: VERIFY_SECS,
    inactivity_timeout: INACTIVITY_SECS,
    ...(description ? { description } : {}),
  };
}
