import { amountText } from '@/lib/exposures/format';
import { counted, crossingOf, onText } from '@/lib/findings/format';
import type { DecisionFact, ExposureFact, Found } from '@/lib/findings/model';

/** These have detectors of their own, or are the ordinary working of a lock. */
const NOT_HERE = new Set(['lease', 'pending']);

/**
 * A limit that shared state held and a per-session control would not have: requests refused together that each session
 * alone was allowed, or an exposure that stands above its limit (the limit was lowered, or more was settled than held).
 * What an approval, an assurance or an exemption let past the limit is no finding.
 */
export function detectLimitCrossed(exposure: ExposureFact, decisions: readonly DecisionFact[]): Found | null {
  if (NOT_HERE.has(exposure.kind)) return null;
  const refused = decisions.filter((decision) => decision.verdict !== 'allow' && decision.alone === 'allow');
  const now = exposure.settled + exposure.held;
  const above = now > exposure.limit && now > (exposure.licence?.upTo ?? exposure.limit);
  if (refused.length === 0 && !above) return null;
  const figure = (amount: bigint) => amountText(amount, exposure.scale, exposure.unit);
  const where = onText(exposure.scope, exposure.key, refused.at(-1)?.resourceType);
  const sessions = [
    ...new Set([
      ...refused.flatMap((decision) => (decision.sessionId ? [decision.sessionId] : [])),
      ...exposure.shares.map((share) => share.sessionId),
    ]),
  ];
  const last = refused.at(-1);
  const name = last?.identityName ?? exposure.identityName;
  return {
    identityId: last?.identityId ?? exposure.identityId,
    detector: 'limit-crossed',
    cause: `exposure:${exposure.id}`,
    severity: above ? 'high' : 'medium',
    title: above ? `${exposure.meter} stands above its limit` : `${exposure.meter}: limit held only by shared state`,
    summary: above
      ? `${name}: ${figure(now)}${where}, over the limit of ${figure(exposure.limit)}.`
      : `${name}: ${counted(refused.length, 'request')}${where} refused at ${figure(now)} of ${figure(exposure.limit)}; each session alone would have been allowed.`,
    reasons: [
      ...(above ? [`The exposure is ${figure(now - exposure.limit)} above its limit.`] : []),
      ...(refused.length > 0
        ? [
            `${counted(refused.length, 'request')} from ${counted(new Set(refused.map((d) => d.sessionId)).size, 'session')} that a per-session control would have allowed.`,
          ]
        : []),
    ],
    evidence: {
      sessions: sessions.slice(0, 50),
      decisions: refused.map((decision) => decision.id).slice(-100),
      events: [],
      exposureId: exposure.id,
      crossing: crossingOf(refused, exposure),
      facts: { set: exposure.set, meter: exposure.meter, now: figure(now), limit: figure(exposure.limit) },
    },
    firstSeenAt: refused[0]?.at ?? exposure.at,
    lastSeenAt: last?.at ?? exposure.at,
  };
}
