import { sha256Hex } from '@/lib/platform/ids';
import type { SessionEventInput } from '@/lib/sessions/model';

/** sha256 of source, event id and event time: the same fact read again is the same key. */
export const eventKey = (event: Pick<SessionEventInput, 'source' | 'eventId' | 'at'>): string =>
  sha256Hex(`${event.source}\u0000${event.eventId}\u0000${Date.parse(event.at)}`);
