import { counted } from '@/lib/findings/format';
import type { Found } from '@/lib/findings/model';

/** An identity that was needed until a time that has passed. Times ISO 8601. */
export interface PurposeFact {
  identityId: string;
  name: string;
  owner: string | null;
  purpose: string | null;
  until: string;
  /** Live now, oldest first. */
  sessions: string[];
}

/**
 * An identity, and its sessions, outlive what they were for (requirements E19, E23). Each session that lives then, or opens
 * later, is evidence; a new date is a new cause.
 */
export function detectPurposeOver(
  { identityId, name, owner, purpose, until, sessions }: PurposeFact,
  now: string,
): Found {
  const day = until.slice(0, 10);
  const alive = sessions.length > 0;
  return {
    identityId,
    detector: 'outlived',
    cause: `purpose:${until}`,
    severity: alive ? 'high' : 'medium',
    title: alive ? 'Session goes on beyond what it was for' : 'Identity stands beyond what it was for',
    summary: `${name} was needed until ${day}${purpose ? ` (${purpose})` : ''}. ${alive ? `${counted(sessions.length, 'session')} of it ${sessions.length === 1 ? 'is' : 'are'} live.` : 'No session of it is live; it can still open one.'}`,
    reasons: [
      `“Needed until” of ${name} has passed, and nobody has put it off.`,
      owner ? `${owner} answers for it.` : 'Nobody is recorded who answers for it.',
    ],
    evidence: { sessions, decisions: [], events: [], facts: { until } },
    firstSeenAt: until,
    lastSeenAt: now,
  };
}
