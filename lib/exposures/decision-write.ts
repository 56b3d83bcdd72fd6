import type { Item } from '@/lib/decisions/request-model';
import type { Hold } from '@/lib/exposures/model';
import type { DecisionWrite } from '@/lib/exposures/writes';
import type { Question, Touched } from '@/lib/policies/compiled-model';
import type { Judgement } from '@/lib/policies/evaluate';

/** A request with what it touches and how it was judged. */
export interface Judged {
  item: Item;
  question: Question;
  touched: Touched;
  judgement: Judgement;
  supersedes: string | null;
}

/** The row that a judged request leaves in the log. */
export function decisionOf(
  { item, question, touched, judgement }: Judged,
  hold: Hold | null,
  atMs: number,
  trace: string,
): DecisionWrite {
  const deciding = touched.touches.find((one) => one.exposureId === judgement.exposureId);
  const sum = deciding?.meter.kind === 'sum' ? deciding : touched.touches.find((one) => one.meter.kind === 'sum');
  return {
    identityId: question.identity.id,
    id: item.decisionId,
    sessionId: question.session.id,
    verdict: judgement.verdict,
    alone: judgement.alone,
    reason: judgement.reason,
    message: judgement.message,
    ruleId: judgement.ruleId,
    policySet: judgement.policySet,
    action: item.asked.action.name,
    resourceType: item.asked.resource.type,
    resourceId: item.asked.resource.id,
    amount: sum?.amount ?? null,
    unit: sum?.meter.unit ?? null,
    scale: sum?.meter.scale ?? 0,
    exposureId: judgement.exposureId,
    holdId: hold?.id ?? null,
    dryRun: item.braid.dry_run === true,
    tokenId: item.tokenId,
    requestId: item.requestId,
    latencyUs: 0,
    arrivedMs: item.arrivedMs,
    atMs,
    trace,
  };
}

/** Of a request that was answered while shared state could not be reached, and is only logged now. */
export const unavailable: Judgement = {
  verdict: 'deny',
  alone: null,
  reason: 'state_unavailable',
  message: 'Shared state could not be reached.',
  ruleId: null,
  policySet: null,
  exposureId: null,
  acrValues: [],
  judged: [],
  exposures: [],
  warnings: [],
  limits: new Map(),
  access: { used: null, refused: null, requestable: [] },
  obligations: [],
  maxTrustSecs: null,
  assured: false,
};
