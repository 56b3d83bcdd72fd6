import { accessContext } from '@/lib/decisions/access-context';
import type { Answer, Item } from '@/lib/decisions/request-model';
import { PLAIN_ACR } from '@/lib/policies/assured-evaluate';
import type { Judgement } from '@/lib/policies/evaluate';
import { BY_BRAID } from '@/lib/policies/obligations-evaluate';
import type { Standing } from '@/lib/policies/views-evaluate';

const seen = ({ touch, ...one }: Standing) => ({
  set: touch.set,
  meter: touch.meter.name,
  scope: touch.meter.scope.slice(0, 200),
  key: touch.key,
  ...(touch.meter.unit ? { unit: touch.meter.unit } : {}),
  scale: touch.meter.scale,
  ...(one.limit === null ? {} : { limit: one.limit.toString() }),
  settled: one.settled.toString(),
  held: one.held.toString(),
  after: one.after.toString(),
});

/** Limits that are near, in the words of the wire. */
const near = ({ warnings }: Judgement) => warnings.map(({ ruleId, percent }) => ({ rule_id: ruleId, percent }));

/** Obligations as the AuthZEN profile shapes them; a session's termination names whose it is. */
function owed(item: Item, judgement: Judgement, atMs: number) {
  const { type, id } = item.asked.subject;
  const stepUp = {
    id: judgement.ruleId ?? PLAIN_ACR,
    type: 'step-up',
    properties: { acr_value: judgement.acrValues[0] ?? PLAIN_ACR },
  };
  const others = judgement.obligations.map((one) => ({
    id: one.ruleId,
    type: one.type,
    properties: { ...(BY_BRAID.includes(one.type) ? { subject: { type, id } } : {}), ...one.properties },
  }));
  const delayed = judgement.verdict === 'allow' ? settleAfter(item, atMs) : [];
  return [...(judgement.verdict === 'step_up' ? [stepUp] : []), ...others, ...delayed];
}

/** Delayed settlement: an enforcement point that knows shared state late makes nothing final before it could be reconciled. */
const settleAfter = ({ point }: Item, atMs: number) =>
  point?.settleAfterSecs
    ? [
        {
          id: 'settle-after',
          type: 'custom',
          properties: {
            name: 'settle_after',
            seconds: point.settleAfterSecs,
            at: new Date(atMs + point.settleAfterSecs * 1000).toISOString(),
          },
        },
      ]
    : [];

/** The AuthZEN answer: `decision`, and in the open `context` the reason, who asked what of the caller, and Braid's part. Nulls are left out. */
export function answerOf(
  item: Item,
  judgement: Judgement,
  atMs: number,
  hold: { id: string; expiresMs: number } | null,
): Answer {
  const stepUp = judgement.verdict === 'step_up';
  const acr = judgement.acrValues;
  const obligations = owed(item, judgement, atMs);
  return {
    decision: judgement.verdict === 'allow',
    context: {
      reason: judgement.reason,
      ...(judgement.message ? { message: judgement.message } : {}),
      evaluation_id: item.decisionId,
      evaluated_at: new Date(atMs).toISOString(),
      ...(stepUp && acr.length ? { acr_values: acr } : {}),
      ...accessContext(judgement.access, atMs),
      ...(stepUp && judgement.maxTrustSecs !== null ? { max_age: judgement.maxTrustSecs } : {}),
      ...(obligations.length ? { obligations } : {}),
      braid: {
        decision_id: item.decisionId,
        verdict: judgement.verdict,
        ...(judgement.access.refused ? { reason: judgement.reason } : {}),
        ...(judgement.alone ? { alone: judgement.alone } : {}),
        ...(judgement.ruleId ? { rule_id: judgement.ruleId, policy_set: judgement.policySet } : {}),
        ...(hold ? { hold_id: hold.id, expires_at: new Date(hold.expiresMs).toISOString() } : {}),
        ...(item.point?.staleSecs && judgement.verdict === 'allow' ? { usable_secs: item.point.staleSecs } : {}),
        ...(item.braid.dry_run ? { dry_run: true } : {}),
        ...(judgement.warnings.length && judgement.verdict === 'allow' ? { warnings: near(judgement) } : {}),
        exposures: judgement.exposures.map(seen),
      },
    },
  };
}
