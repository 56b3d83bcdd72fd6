import { amountText, percentOf } from '@/lib/exposures/format';
import { counted, largestOf, onText } from '@/lib/findings/format';
import type { DecisionFact, ExposureFact, Found } from '@/lib/findings/model';

/** From this share of the limit on, amounts spread over sessions are worth a look (requirements B5). Per cent. */
const NEAR_PERCENT = 90;

/**
 * Amounts spread over two or more sessions, each below the limit for itself, whose sum reaches 90 % of it or crosses it.
 * What was refused counts when a per-session control would have allowed it: that is how far it would have gone.
 */
export function detectStructuring(exposure: ExposureFact, decisions: readonly DecisionFact[]): Found | null {
  if (exposure.kind !== 'sum' || exposure.limit <= 0n) return null;
  const refused = decisions.filter((decision) => decision.verdict !== 'allow' && decision.alone === 'allow');
  const labels = new Map(exposure.shares.map((share) => [share.sessionId, share.label]));
  const sums = new Map(exposure.shares.map((share) => [share.sessionId, share.amount]));
  for (const decision of refused) {
    if (!decision.sessionId || decision.amount === null) continue;
    // Retries of one refusal are one attempt: only the largest of a session counts.
    const attempts = refused
      .filter((other) => other.sessionId === decision.sessionId)
      .map((other) => other.amount ?? 0n);
    const largest = largestOf(attempts);
    const settled = exposure.shares.find((share) => share.sessionId === decision.sessionId)?.amount ?? 0n;
    sums.set(decision.sessionId, settled + largest);
    labels.set(decision.sessionId, decision.sessionLabel ?? labels.get(decision.sessionId) ?? decision.sessionId);
  }
  const taking = [...sums].filter(([, amount]) => amount > 0n);
  if (taking.length < 2 || taking.some(([, amount]) => amount >= exposure.limit)) return null;
  const total = taking.reduce((sum, [, amount]) => sum + amount, 0n);
  const largestShare = largestOf(taking.map(([, amount]) => amount));
  const percent = percentOf(total, exposure.limit);
  if (percent < NEAR_PERCENT || percentOf(largestShare, exposure.limit) >= NEAR_PERCENT) return null;
  const money = (amount: bigint) => amountText(amount, exposure.scale, exposure.unit);
  const crossed = total > exposure.limit;
  const first = refused[0];
  const parts = taking.sort(([, a], [, b]) => (a > b ? -1 : 1));
  const named = parts.slice(0, 4).map(([id, amount]) => `${labels.get(id) ?? id} ${money(amount)}`);
  return {
    identityId: first?.identityId ?? exposure.identityId,
    detector: 'structuring',
    cause: `exposure:${exposure.id}`,
    severity: crossed && refused.length > 0 ? 'high' : 'medium',
    title: crossed
      ? `Amounts split over ${taking.length} sessions cross the limit`
      : `Amounts split over ${taking.length} sessions near the limit`,
    summary: `${first?.identityName ?? exposure.identityName}: ${named.join(', ')}${parts.length > 4 ? ` and ${parts.length - 4} more` : ''}, together ${money(total)} of ${money(exposure.limit)}${onText(exposure.scope, exposure.key, first?.resourceType)}; each alone stays below it.`,
    reasons: [
      `${counted(taking.length, 'session')}, the largest with ${percentOf(largestShare, exposure.limit)} % of the limit, together ${percent} %.`,
      refused.length > 0
        ? `${counted(refused.length, 'request')} refused that a per-session control would have allowed.`
        : 'Nothing had to be refused yet.',
    ],
    evidence: {
      sessions: parts.map(([id]) => id).slice(0, 50),
      decisions: refused.map((decision) => decision.id).slice(-100),
      events: [],
      exposureId: exposure.id,
      facts: { meter: exposure.meter, sum: money(total), limit: money(exposure.limit), sessions: taking.length },
    },
    firstSeenAt: first?.at ?? exposure.at,
    lastSeenAt: refused.at(-1)?.at ?? exposure.at,
  };
}
