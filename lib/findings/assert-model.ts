import { impactOfEvents } from '@/lib/findings/impact-model';
import type { Detector, Found, Severity } from '@/lib/findings/model';
import { SEVERITIES } from '@/lib/findings/model';
import type { EventFact, Picture } from '@/lib/findings/picture-model';

const MOST_EVENTS = 100;
const MOST_SESSIONS = 50;
const iso = (ms: number): string => new Date(ms).toISOString();

export interface Asserted {
  detector: Detector;
  cause: string;
  severity: Severity;
  title: string;
  summary: string;
  reasons: string[];
  /** What it stands on; at least one. */
  events: readonly EventFact[];
  /** More sessions than those of the events. */
  sessions?: readonly string[];
  facts?: Record<string, string | number>;
  /** When it was certain, ms; absent: at the first event. */
  since?: number;
}

/** What a detector over events asserts, in the words all findings share. */
export function assertFound(picture: Picture, given: Asserted): Found {
  const { events, sessions = [], facts = {}, since, ...words } = given;
  const ids = [...new Set([...events.flatMap((event) => event.sessionId ?? []), ...sessions])];
  const last = events.reduce((most, event) => Math.max(most, event.at), since ?? 0);
  return {
    ...words,
    impact: impactOfEvents(events),
    identityId: picture.identity.id,
    evidence: {
      sessions: ids.slice(-MOST_SESSIONS),
      decisions: [],
      events: events.slice(-MOST_EVENTS).map((event) => event.id),
      facts: Object.fromEntries(
        Object.entries(facts).map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, 300) : value]),
      ),
    },
    firstSeenAt: iso(since ?? events[0]?.at ?? picture.to),
    lastSeenAt: iso(last || picture.to),
  };
}

/** One step down for each reason to doubt, one up for each that makes it worse; never below low. */
export const moved = (severity: Severity, by: number): Severity =>
  SEVERITIES[Math.min(SEVERITIES.length - 1, Math.max(0, SEVERITIES.indexOf(severity) + by))]!;

/** What is judged: the events of the picture's own stretch of time. */
export const judged = (picture: Picture): EventFact[] => picture.events.filter((event) => event.at >= picture.from);

/** Events of the picture by session, in order of time; those of no session are left out. */
export function bySession(picture: Picture): Map<string, EventFact[]> {
  const map = new Map<string, EventFact[]>();
  for (const event of picture.events) {
    if (!event.sessionId) continue;
    const list = map.get(event.sessionId);
    if (list) list.push(event);
    else map.set(event.sessionId, [event]);
  }
  return map;
}

/** Events at which trust was established anew: a sign-in later than the one the session was known to rest on. */
export function renewalsOf(events: readonly EventFact[]): ReadonlySet<string> {
  const renewals = new Set<string>();
  let trusted: string | null = null;
  for (const { id, told, outcome } of events) {
    if (!told.trustedAt || outcome === 'failure') continue;
    if (trusted !== null && told.trustedAt > trusted) renewals.add(id);
    if (trusted === null || told.trustedAt > trusted) trusted = told.trustedAt;
  }
  return renewals;
}
