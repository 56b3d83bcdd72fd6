import { amountText, percentOf } from '@/lib/exposures/format';
import { counted, crossingOf, largestOf, listText, onText, refusedOf } from '@/lib/findings/format';
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
  }
  const taking = [...sums].filter(([, amount]) => amount > 0n);
  if (taking.length < 2 || taking.some(([, amount]) => amount >= exposure.limit)) return null;
  const total = taking.reduce((sum, [, amount]) => sum + amount, 0n);
  const onlyRefused = taking.filter(([id]) => !exposure.shares.some((one) => one.sessionId === id && one.amount > 0n));
  const largestShare = largestOf(taking.map(([, amount]) => amount));
  const percent = percentOf(total, exposure.limit);
  if (percent < NEAR_PERCENT || percentOf(largestShare, exposure.limit) >= NEAR_PERCENT) return null;
  const money = (amount: bigint) => amountText(amount, exposure.scale, exposure.unit);
  const bare = (amount: bigint) => amountText(amount, exposure.scale);
  const allowed = exposure.shares.filter((share) => share.amount > 0n).sort((a, b) => (a.amount > b.amount ? -1 : 1));
  const allowedSum = allowed.reduce((sum, share) => sum + share.amount, 0n);
  const beyond = total - allowedSum;
  const first = refused[0];
  const named = listText(allowed.map((share) => `${share.label} ${bare(share.amount)}`));
  const where = onText(exposure.scope, exposure.key, first?.resourceType);
  const stands = `${named}, ${allowed.length > 1 ? `together ${bare(allowedSum)} ` : ''}of ${money(exposure.limit)}${where}`;
  const what = /^[A-Z]{3}$/.test(exposure.unit ?? '') ? 'Payments' : 'Amounts';
  return {
    identityId: first?.identityId ?? exposure.identityId,
    detector: 'structuring',
    cause: `exposure:${exposure.id}`,
    severity: total > exposure.limit ? (refused.length > 0 ? 'high' : 'medium') : refused.length > 0 ? 'medium' : 'low',
    title: `${what} split over ${taking.length} sessions${refusedOf(onlyRefused.length)}${refused.length > 0 ? '' : total > exposure.limit ? ' above the limit' : ' near the limit'}`,
    summary: `${first?.identityName ?? exposure.identityName}: ${stands}${beyond > 0n ? `; ${money(beyond)} more refused, which each session alone would have been allowed` : '; each alone stays below it'}.`,
    reasons: [
      `${counted(taking.length, 'session')} asked together for ${percent} % of the limit, none alone for more than ${percentOf(largestShare, exposure.limit)} %.`,
      refused.length > 0
        ? `${counted(refused.length, 'request')} refused that a per-session control would have allowed.`
        : 'Nothing had to be refused yet: workers that share a day’s limit look like this as well.',
    ],
    evidence: {
      sessions: taking.map(([id]) => id).slice(0, 50),
      decisions: refused.map((decision) => decision.id).slice(-100),
      events: [],
      exposureId: exposure.id,
      crossing: crossingOf(refused, exposure),
      facts: {
        set: exposure.set,
        meter: exposure.meter,
        allowed: money(allowedSum),
        refused: money(beyond),
        limit: money(exposure.limit),
        sessions: taking.length,
      },
    },
    firstSeenAt: first?.at ?? exposure.at,
    lastSeenAt: refused.at(-1)?.at ?? exposure.at,
  };
}
