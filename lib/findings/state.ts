import { earlierOf, laterOf } from '@/lib/findings/format';
import { type Evidence, type FindingState, type Found, SEVERITIES, type Severity } from '@/lib/findings/model';

/** Evidence kept per finding and kind; the newest stay. */
const KEPT = 100;

export interface Standing {
  state: FindingState;
  severity: Severity;
  evidence: Evidence;
  occurrences: number;
  firstSeenAt: string;
  lastSeenAt: string;
  suppressUntil: string | null;
}

export interface Merged {
  /** `known`: nothing new. `updated`: new evidence. `reopened`: new evidence on a closed finding, or a suppression that has ended. */
  change: 'known' | 'updated' | 'reopened';
  state: FindingState;
  severity: Severity;
  evidence: Evidence;
  occurrences: number;
  firstSeenAt: string;
  lastSeenAt: string;
}

const join = (old: readonly string[], fresh: readonly string[]): string[] => {
  const added = fresh.filter((id) => !old.includes(id));
  return [...old, ...added].slice(-KEPT);
};

/** Ids are UUIDv7: what is newer than everything known is new, even when the list was cut; an older one only if the list is whole. */
const hasNew = (old: readonly string[], fresh: readonly string[]): boolean => {
  const newest = [...old].sort().at(-1) ?? '';
  return fresh.some((id) => !old.includes(id) && (old.length < KEPT || id > newest));
};

/** What one more assertion of the same cause makes of a finding. Repeating the same evidence changes nothing. */
export function merge(standing: Standing, found: Found, now: string): Merged {
  const { evidence } = standing;
  const fresh =
    hasNew(evidence.sessions, found.evidence.sessions) ||
    hasNew(evidence.decisions, found.evidence.decisions) ||
    hasNew(evidence.events, found.evidence.events);
  const goesOn = found.lasting === true && evidence.over === undefined;
  const again = found.lasting === true && evidence.over !== undefined;
  if (!fresh && !again) return { ...standing, change: 'known' };
  const ended = standing.state === 'suppressed' && standing.suppressUntil !== null && standing.suppressUntil <= now;
  const reopened = (standing.state === 'closed' && !goesOn) || ended;
  return {
    change: reopened ? 'reopened' : 'updated',
    state: reopened ? 'open' : standing.state,
    severity:
      SEVERITIES.indexOf(found.severity) > SEVERITIES.indexOf(standing.severity) ? found.severity : standing.severity,
    evidence: {
      ...evidence,
      ...found.evidence,
      over: undefined,
      sessions: join(evidence.sessions, found.evidence.sessions),
      decisions: join(evidence.decisions, found.evidence.decisions),
      events: join(evidence.events, found.evidence.events),
    },
    occurrences: standing.occurrences + (goesOn ? 0 : 1),
    firstSeenAt: earlierOf(found.firstSeenAt, standing.firstSeenAt),
    lastSeenAt: laterOf(found.lastSeenAt, standing.lastSeenAt),
  };
}
