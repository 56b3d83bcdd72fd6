import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { delivered } from '@/lib/signals/emit';
import { shortName } from '@/lib/signals/event-model';
import type { ReceiverRow, StreamRow } from '@/lib/signals/model';
import { countsOf } from '@/lib/signals/outbox/store';
import { listReceiverRows, type StoredStream } from '@/lib/signals/store';

type Counts = Pick<StreamRow, 'waiting' | 'refused' | 'dead' | 'delivered'>;
const NONE: Counts = { waiting: 0, refused: 0, dead: 0, delivered: 0 };
const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const healthOf = ({ failures, lastDeliveredAt }: StoredStream): StreamRow['health'] => {
  if (failures > 0) return 'failing';
  return lastDeliveredAt ? 'ok' : 'unknown';
};

const streamRow = (stream: StoredStream, counts: Counts): StreamRow => ({
  id: stream.id,
  method: stream.method as StreamRow['method'],
  endpoint: stream.endpointUrl,
  events: delivered(stream.eventsRequested).map(shortName),
  description: stream.description,
  status: stream.status as StreamRow['status'],
  statusReason: stream.statusReason,
  health: healthOf(stream),
  failingSince: iso(stream.failingSince),
  nextTryAt: stream.failures > 0 ? iso(stream.heldUntil) : null,
  lastAnswer: stream.lastAnswer?.slice(0, 1000) ?? null,
  lastAnswerAt: iso(stream.lastAnswerAt),
  lastDeliveredAt: iso(stream.lastDeliveredAt),
  verifiedAt: iso(stream.verifiedAt),
  activeAt: stream.activeAt.toISOString(),
  ...counts,
  createdAt: stream.createdAt.toISOString(),
});

/** Everybody who may receive from Braid, with their streams. */
export async function listReceivers(ctx: Ctx): Promise<{ items: ReceiverRow[]; nextCursor: null }> {
  authorise(ctx, 'console.read');
  const [rows, counts] = await Promise.all([listReceiverRows(), countsOf()]);
  const items = rows.map(
    ({ id, name, audience, scopes, ownNetwork, state, createdAt, createdBy, lastSeenAt, streams }) => ({
      id,
      name,
      audience,
      scopes: scopes as ReceiverRow['scopes'],
      ownNetwork,
      state: state as ReceiverRow['state'],
      createdAt: createdAt.toISOString(),
      createdBy,
      lastSeenAt: iso(lastSeenAt),
      streams: streams.map((stream) => streamRow(stream, counts.get(stream.id) ?? NONE)),
    }),
  );
  return { items, nextCursor: null };
}
