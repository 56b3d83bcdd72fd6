import type { SessionRow } from '@/lib/sessions/model';

/** A followed system is asked every few seconds; without its word for so long, ms, what is known of a session is old. */
export const UNCONFIRMED_MS = 60_000;

interface Confirmed {
  observedBy: SessionRow['observedBy'];
  /** null: known from a log, not from a followed system. */
  connectorId: string | null;
  /** ISO 8601. */
  lastValidatedAt: string | null;
  startedAt: string;
  endedAt: string | null;
}

/**
 * true: a session of a followed system, thought to live, that its system has not listed for more than a minute. Others are
 * known by what they do: those are silent, not stale.
 */
export const isUnconfirmed = (session: Confirmed, nowMs: number): boolean =>
  session.observedBy === 'native' &&
  session.connectorId !== null &&
  session.endedAt === null &&
  nowMs - Date.parse(session.lastValidatedAt ?? session.startedAt) > UNCONFIRMED_MS;
