import type { Reason, RuleSeen, Verdict } from '@/lib/decisions/model';
import { stateNow } from '@/lib/exposures/former-state';
import type { ExposureState } from '@/lib/exposures/model';
import type { Access } from '@/lib/policies/approved-evaluate';
import { assured } from '@/lib/policies/assured-evaluate';
import type { Question, Rule, Touch, Touched } from '@/lib/policies/compiled-model';
import { formatCrossed } from '@/lib/policies/format';
import { NO_OBLIGATIONS, type Obligation, obligationsOf } from '@/lib/policies/obligations-evaluate';
import { judge, sawOf, type View } from '@/lib/policies/rules-evaluate';
import { accessOf, barrier, exemptionOf, type Judged, settle } from '@/lib/policies/settle-evaluate';
import { aloneView, exposureSeen, type Standing, standingOf, together } from '@/lib/policies/views-evaluate';

/** A limit as it was read, and at which percentages of it its rule warns. */
export interface LimitRead {
  max: bigint;
  ruleId: string;
  warn: readonly number[];
}

/** What an evaluation came to, with everything it looked at. */
export interface Judgement {
  verdict: Verdict;
  /** The same rules on this session's own ledger; null when the caller named no session. */
  alone: Verdict | null;
  reason: Reason;
  message: string | null;
  ruleId: string | null;
  policySet: string | null;
  /** Of the deciding rule; of the first limit read when all allow. */
  exposureId: string | null;
  acrValues: string[];
  /** Every rule of every set, in order; empty when none was judged. */
  judged: readonly Judged[];
  exposures: readonly Standing[];
  warnings: { ruleId: string; percent: number }[];
  /** Limits read, by exposure id: the lowest stands. */
  limits: Map<string, LimitRead>;
  /** Which approval it used, or which rules would have to be approved. */
  access: Access;
  /** What is owed beside the verdict, by the caller or by Braid. */
  obligations: readonly Obligation[];
  /** Seconds for which the deciding rule trusts an assurance; null: the request carries it each time. */
  maxTrustSecs: number | null;
  /** A rule asked for assurance and this request has it: its session is trusted anew. */
  assured: boolean;
}

/**
 * Judges one request on locked state: together, and alone as a per-session control would. Pure. Most restrictive wins over
 * all rules of all enforced sets; shadow rules are seen and decide nothing. `states` holds every touched exposure.
 */
export function evaluate(question: Question, touched: Touched, states: ReadonlyMap<string, ExposureState>): Judgement {
  const barred = barrier(question);
  const view = together(question, touched, states);
  const judged = judgeAll(question, view, question.named ? aloneView(question, touched, states) : null);
  const verdict = barred ?? settle(question, judged, false, touched);
  const alone = question.named ? (barred ?? settle(question, judged, true, touched)).verdict : null;
  const limits = limitsOf(judged);
  const exposures: Standing[] = [];
  for (const touch of touched.touches) {
    const state = stateNow(touch, states);
    const limit = limits.get(touch.exposureId)?.max ?? null;
    if (state) exposures.push(standingOf(touch, state, question, limit, verdict.verdict === 'allow'));
  }
  const deciding = (verdict.touch ?? judged.find((one) => one.outcome.touch)?.outcome.touch)?.exposureId;
  const seen =
    verdict.verdict === 'allow'
      ? undefined
      : exposures.find((one) => one.touch.exposureId === verdict.touch?.exposureId);
  return {
    verdict: verdict.verdict,
    alone,
    reason: verdict.reason,
    message: seen ? formatCrossed(exposureSeen(seen), verdict.message, namesOf(question)) : verdict.message,
    ruleId: verdict.ruleId,
    policySet: verdict.set,
    exposureId: deciding ?? exposures[0]?.touch.exposureId ?? null,
    acrValues: verdict.acrValues,
    judged,
    exposures,
    warnings: warningsOf(judged),
    limits,
    access: accessOf(question, judged, touched, { view: barred ? null : view, verdict: verdict.verdict }),
    obligations: barred ? NO_OBLIGATIONS : obligationsOf(question, judged, verdict),
    maxTrustSecs: verdict.maxTrustSecs,
    assured: judged.some((one) => one.outcome.satisfied && !one.rule.shadow),
  };
}

/** Names of what a scope may have as its key and only Braid has an id for. */
const namesOf = ({ identity, session }: Question): ReadonlyMap<string, string> =>
  new Map([
    [identity.id, identity.name],
    [session.id, session.label],
    ...identity.workflows.map((one): [string, string] => [one.id, one.name]),
  ]);

function judgeAll(question: Question, all: View, alone: View | null): Judged[] {
  const judged: Judged[] = [];
  for (const set of question.sets) {
    for (const rule of set.rules) {
      const outcome = assured(rule, judge(rule, set, all), question);
      const own = alone && assured(rule, judge(rule, set, alone), question);
      const fired = outcome.fired || own?.fired;
      judged.push({ set, rule, outcome, own, exemption: fired ? exemptionOf(set, rule, question) : null });
    }
  }
  return judged;
}

/** One rule as traces show it. */
export const ruleSeen = ({ set, rule, outcome, own, exemption }: Judged): RuleSeen => ({
  set: set.name,
  id: rule.id,
  mode: rule.shadow || set.mode === 'shadow' ? 'shadow' : 'enforce',
  kind: rule.kind,
  fired: outcome.fired,
  verdict: outcome.verdict,
  reason: outcome.reason,
  saw: sawOf(rule, outcome),
  message: rule.message,
  exposureId: outcome.touch?.exposureId ?? null,
  ...(exemption && outcome.fired ? { exempt: exemption.id } : {}),
  aloneFired: own?.fired ?? null,
});

function limitsOf(judged: readonly Judged[]): Judgement['limits'] {
  const limits: Judgement['limits'] = new Map();
  for (const { rule, outcome } of judged) {
    if (rule.shadow || !outcome.touch || outcome.limit === null) continue;
    if (outcome.limits.length) for (const { touch, max } of outcome.limits) lower(limits, touch, max, rule);
    else lower(limits, outcome.touch, outcome.limit, rule);
  }
  return limits;
}

function lower(limits: Judgement['limits'], touch: Touch, max: bigint, rule: Rule): void {
  const present = limits.get(touch.exposureId);
  if (!present || max < present.max)
    limits.set(touch.exposureId, { max, ruleId: rule.id, warn: rule.limit?.warn ?? [] });
}

const NO_WARNINGS: Judgement['warnings'] = [];

function warningsOf(judged: readonly Judged[]): Judgement['warnings'] {
  let warnings = NO_WARNINGS;
  for (const { rule, outcome } of judged) {
    if (outcome.warning === null || rule.shadow) continue;
    if (warnings === NO_WARNINGS) warnings = [];
    warnings.push({ ruleId: rule.id, percent: outcome.warning });
  }
  return warnings;
}
