import { duration } from '@/components/ui/dates';
import type { SessionRow } from '@/lib/sessions/model';

/** How Braid knows of a session, in words. */
export const OBSERVED_WORDS: Record<SessionRow['observedBy'], { word: string; why: string }> = {
  native: { word: 'native', why: 'The system itself has this session and lists it.' },
  derived: { word: 'derived', why: 'Made from its events: the system has no session to list.' },
  declared: { word: 'declared', why: 'A caller of the decision API says so.' },
  inferred: { word: 'inferred', why: 'Told apart by its fingerprint only.' },
};

export const STALE_WHY = 'Its system has not confirmed it for more than a minute: it may have ended.';
export const DARK_WHY = 'It acts, and neither a log nor a decision tells of it: what it does is not seen.';

/** Whose word it is that the session lives. */
export const CONFIRMED_BY: Record<SessionRow['observedBy'], string> = {
  native: 'by its system’s list',
  derived: 'by its last event',
  declared: 'by its last decision',
  inferred: 'by its last event',
};

export const ENDED_WORDS: Record<NonNullable<SessionRow['endedBy']>, string> = {
  itself: 'ended by itself',
  timeout: 'silent too long',
  operator: 'ended by an operator',
  policy: 'ended by a policy',
  signal: 'ended by another system’s signal',
  system: 'ended by the system',
};

const KIND_WORDS: Record<string, string> = {
  browser: 'browser session',
  tab: 'browser tab',
  worker: 'worker session',
  service: 'service session',
  api: 'API session',
  agent: 'agent session',
  database: 'database session',
  job: 'job session',
};

type Span = Pick<SessionRow, 'startedAt' | 'endedAt'>;

/** Milliseconds from start to end, or to `now` while it lives; never negative. */
export const lifetimeMs = ({ startedAt, endedAt }: Span, now: number): number =>
  Math.max(0, (endedAt ? Date.parse(endedAt) : now) - Date.parse(startedAt));

/** "2 h", "instant" for a session of which one event is known. */
export const lifetimeText = (session: Span, now: number): string => {
  const ms = lifetimeMs(session, now);
  return ms === 0 ? 'one instant' : duration(ms);
};

/** How long ago trust was last established when it ended, or now: the decision it rests on may be older than people think. */
export const trustAgeMs = (session: Span & Pick<SessionRow, 'trustedAt'>, now: number): number | null =>
  session.trustedAt
    ? Math.max(0, (session.endedAt ? Date.parse(session.endedAt) : now) - Date.parse(session.trustedAt))
    : null;

const article = (word: string): string => (/^[aeiou]/i.test(word) ? 'An' : 'A');

/** What a session page found, in a sentence. */
export function sessionSentence(session: SessionRow, now: number): string {
  const kind = KIND_WORDS[session.kind] ?? `${session.kind} session`;
  const of = `${article(kind)} ${kind} of ${session.identityName}`;
  const lived = lifetimeText(session, now);
  if (!session.endedAt) return `${of}, ${session.state === 'idle' ? 'idle' : 'live'} for ${lived}.`;
  const end = session.endedBy ? `, then ${ENDED_WORDS[session.endedBy]}` : '';
  if (session.endedBy === 'timeout') return `${of} that was active for ${lived}, then silent.`;
  return lived === 'one instant' ? `${of}, seen at one instant${end}.` : `${of} that lived ${lived}${end}.`;
}
