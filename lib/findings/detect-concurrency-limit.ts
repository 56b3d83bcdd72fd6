import { counted, listText } from '@/lib/findings/format';
import type { Found } from '@/lib/findings/model';

export interface LiveFact {
  identityId: string;
  identityName: string;
  /** The identity's governance limit; null = none was set, and a pool of any size is then normal. */
  limit: number | null;
  at: string;
  count: number;
  /** The newest of them, at most 50. */
  sessions: { id: string; label: string; startedAt: string }[];
}

/** More live sessions than the identity's own limit. Without a limit, no number of sessions is a finding. */
export function detectConcurrencyLimit(live: LiveFact): Found | null {
  if (live.limit === null || live.count <= live.limit) return null;
  const newest = [...live.sessions].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const { count } = live;
  return {
    identityId: live.identityId,
    detector: 'concurrency-limit',
    cause: 'concurrency-limit',
    severity: count >= live.limit * 2 ? 'high' : 'medium',
    title: `${count} sessions at once, limit ${live.limit}`,
    summary: `${live.identityName} has ${counted(count, 'live session')} where ${live.limit} ${live.limit === 1 ? 'is' : 'are'} allowed; the newest: ${listText(newest.slice(0, 3).map((session) => session.label))}.`,
    reasons: [
      count >= live.limit * 2 ? 'Twice the limit or more.' : `${count - live.limit} above the limit.`,
      'The limit was set for this identity by its owner or its policy.',
    ],
    evidence: {
      sessions: newest.slice(0, 50).map((session) => session.id),
      decisions: [],
      events: [],
      facts: { live: count, limit: live.limit },
    },
    firstSeenAt: newest[Math.min(count - live.limit, newest.length) - 1]?.startedAt ?? live.at,
    lastSeenAt: live.at,
    lasting: true,
  };
}
