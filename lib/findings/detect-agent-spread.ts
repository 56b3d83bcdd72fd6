import { percentOf } from '@/lib/exposures/format';
import { counted, crossingOf, largestOf, onText, refusedOf } from '@/lib/findings/format';
import type { DecisionFact, ExposureFact, Found } from '@/lib/findings/model';

const LEAST_SESSIONS = 3;
/** A session with more than this share of the limit would be noticed by a rate of its own. Per cent. */
const LARGEST_SHARE_PERCENT = 70;

/**
 * An agent whose calls are spread over three or more sessions, so that no session's own rate stands out while their sum
 * crosses the rate allowed to the agent. Many sessions alone are no finding (detection of pools): the sum has to cross.
 */
export function detectAgentSpread(exposure: ExposureFact, decisions: readonly DecisionFact[]): Found | null {
  if (exposure.kind !== 'count' || exposure.limit <= 0n) return null;
  const refused = decisions.filter(
    (decision) => decision.identityKind === 'ai_agent' && decision.verdict !== 'allow' && decision.alone === 'allow',
  );
  const last = refused.at(-1);
  if (!last) return null;
  const shares = exposure.shares.filter((share) => share.amount > 0n);
  const sessions = new Set([...shares.map((share) => share.sessionId), ...refused.flatMap((d) => d.sessionId ?? [])]);
  if (sessions.size < LEAST_SESSIONS) return null;
  const largest = largestOf(shares.map((share) => share.amount));
  if (percentOf(largest, exposure.limit) > LARGEST_SHARE_PERCENT) return null;
  const actions = [...new Set(refused.map((decision) => decision.action))];
  return {
    identityId: last.identityId,
    detector: 'agent-spread',
    cause: `exposure:${exposure.id}`,
    severity: 'high',
    title: `Agent spreads its calls over ${sessions.size} sessions${refusedOf(sessions.size - shares.length)}`,
    summary: `${last.identityName}: ${counted(Number(exposure.settled + exposure.held), 'call')} over ${sessions.size} sessions reach the limit of ${exposure.limit}${onText(exposure.scope, exposure.key, last?.resourceType)}; the busiest session has only ${largest}.`,
    reasons: [
      `No session has more than ${percentOf(largest, exposure.limit)} % of what the agent may do, so a per-session rate sees nothing.`,
      `${counted(refused.length, 'further call')} refused (${actions.slice(0, 4).join(', ')}).`,
    ],
    evidence: {
      sessions: [...sessions].slice(0, 50),
      decisions: refused.map((decision) => decision.id).slice(-100),
      events: [],
      exposureId: exposure.id,
      crossing: crossingOf(refused, exposure),
      facts: {
        set: exposure.set,
        meter: exposure.meter,
        limit: Number(exposure.limit),
        sessions: sessions.size,
        busiest: Number(largest),
      },
    },
    firstSeenAt: refused[0]!.at,
    lastSeenAt: last.at,
  };
}
