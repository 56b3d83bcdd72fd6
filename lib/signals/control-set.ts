import { newId } from '@/lib/platform/ids';
import { issuer } from '@/lib/signals/addresses';
import { STREAM_UPDATED } from '@/lib/signals/event-model';
import type { NewSet, StoredStream } from '@/lib/signals/store';

/** A token about the stream itself: its subject is the stream (SSF 1.0 sections 8.1.4 and 8.1.5). */
export function controlSet(
  stream: StoredStream,
  event: string,
  payload: Record<string, unknown>,
  { now, txn }: { now: Date; txn: string },
): NewSet {
  const id = newId();
  const claims = {
    iss: issuer(),
    jti: id,
    iat: Math.floor(now.getTime() / 1000),
    aud: stream.audience,
    txn,
    sub_id: { format: 'opaque', id: stream.id },
    events: { [event]: payload },
  };
  return {
    id,
    streamId: stream.id,
    subjectKey: `stream:${event}`,
    event,
    txn,
    claims: claims as object,
    control: event === STREAM_UPDATED,
    dueAt: now,
    createdAt: now,
  };
}
