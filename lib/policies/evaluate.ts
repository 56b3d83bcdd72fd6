import { type ExposureSeen, type Reason, type RuleSeen, VERDICTS, type Verdict } from '@/lib/decisions/model';
import type { ExposureState } from '@/lib/exposures/model';
import { type Access, isApproved, requestableOf } from '@/lib/policies/approved-evaluate';
import type { CompiledSet, Exemption, Question, Rule, Touched } from '@/lib/policies/compiled-model';
import { formatCrossed } from '@/lib/policies/format';
import { judge, metersOf, type Outcome, type View } from '@/lib/policies/rules-evaluate';
import { aloneView, exposureSeen, type Seen, together } from '@/lib/policies/views-evaluate';

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
  rules: RuleSeen[];
  exposures: ExposureSeen[];
  warnings: { ruleId: string; percent: number }[];
  /** Limits read, by exposure id: the lowest stands. */
  limits: Map<string, { max: bigint; ruleId: string }>;
  /** Which approval it used, or which rules would have to be approved. */
  access: Access;
}

interface Judged {
  set: CompiledSet;
  rule: Rule;
  outcome: Outcome;
}

/**
 * Judges one request on locked state: together, and alone as a per-session control would. Pure. Most restrictive wins over
 * all rules of all enforced sets; shadow rules are seen and decide nothing. `states` holds every touched exposure.
 */
export function evaluate(question: Question, touched: Touched, states: ReadonlyMap<string, ExposureState>): Judgement {
  const barred = barrier(question);
  const view = together(question, touched, states);
  const judged = judgeAll(question.sets, view);
  const own = question.named ? judgeAll(question.sets, aloneView(question, touched, states)) : null;
  const verdict = barred ?? settle(question, judged, touched);
  const alone = own && (barred ?? settle(question, own, touched));
  const limits = limitsOf(judged);
  const exposures = touched.touches
    .filter((touch) => states.has(touch.exposureId))
    .map((touch) => exposureSeen(touch, states.get(touch.exposureId)!, question, limits, verdict.verdict === 'allow'));
  const deciding = verdict.touch?.exposureId ?? judged.find((one) => one.outcome.touch)?.outcome.touch?.exposureId;
  const seen = exposures.find((one) => one.exposureId === verdict.touch?.exposureId);
  return {
    verdict: verdict.verdict,
    alone: alone?.verdict ?? null,
    reason: verdict.reason,
    message:
      seen && verdict.verdict !== 'allow' ? formatCrossed(seen, verdict.message, namesOf(question)) : verdict.message,
    ruleId: verdict.ruleId,
    policySet: verdict.set,
    exposureId: deciding ?? exposures[0]?.exposureId ?? null,
    acrValues: verdict.acrValues,
    rules: judged.map((one, index) => ruleSeen(one, own?.[index]?.outcome ?? null, question)),
    exposures,
    warnings: warningsOf(judged),
    limits,
    access: accessOf(question, judged, touched, { view: barred ? null : view, verdict: verdict.verdict }),
  };
}

const NOTHING: Access = { used: null, refused: null, requestable: [] };

/** `view`: null when no rule was asked. */
function accessOf(
  question: Question,
  judged: Judged[],
  touched: Touched,
  { view, verdict }: { view: View | null; verdict: Verdict },
): Access {
  const carried = question.approval ?? null;
  const refused = verdict === 'allow' ? null : carried ? 'policy_denied' : (question.approvalRefused ?? null);
  const fired = judged.some((one) => one.rule.approval && one.outcome.fired);
  if (!fired || !view) return refused ? { ...NOTHING, refused } : NOTHING;
  const used = verdict === 'allow' && judged.some((one) => isApproved(one, question)) ? carried : null;
  const enforced = question.sets.filter((set) => set.mode === 'enforce');
  const others = enforced.flatMap((set) => [...unread(set, touched), grantOf(set, judged)]);
  if (others.some((one) => one.verdict !== 'allow')) return { used, refused, requestable: [] };
  const stops = bindingOf(question, judged).filter(
    ({ set, rule, outcome }) => enforced.includes(set) && !rule.shadow && rule.kind !== 'allow' && outcome.fired,
  );
  return { used, refused, requestable: requestableOf(stops, (set) => view.meters.get(metersOf(set)) ?? view.facts) };
}

/** What is left to stop a request: neither exempted nor approved. */
const bindingOf = (question: Question, judged: Judged[]): Judged[] =>
  judged.filter((one) => !exemptionOf(one, question) && !isApproved(one, question));

/** Names of what a scope may have as its key and only Braid has an id for. */
const namesOf = ({ identity, session }: Question): ReadonlyMap<string, string> =>
  new Map([
    [identity.id, identity.name],
    [session.id, session.label],
    ...identity.workflows.map((one): [string, string] => [one.id, one.name]),
  ]);

const judgeAll = (sets: CompiledSet[], view: View): Judged[] =>
  sets.flatMap((set) => set.rules.map((rule) => ({ set, rule, outcome: judge(rule, set, view) })));

interface Final extends Seen {
  verdict: Verdict;
  reason: Reason;
  message: string | null;
  ruleId: string | null;
  set: string | null;
  acrValues: string[];
}

const final = (verdict: Verdict, reason: Reason, message: string | null, part: Partial<Final> = {}): Final => ({
  verdict,
  reason,
  message,
  ruleId: null,
  set: null,
  touch: null,
  acrValues: [],
  ...part,
});

/** What no policy can allow: identity state and ended sessions bind before any rule, and a per-session control knows them too. */
function barrier({ identity, session, sets }: Question): Final | null {
  if (identity.state === 'revoked') return final('deny', 'identity_revoked', `${identity.name} is revoked.`);
  if (identity.state === 'paused') return final('deny', 'identity_paused', `${identity.name} is paused.`);
  if (session.refused && !session.ended)
    return final(
      'deny',
      'session_terminated',
      `Session ${session.label} was ended by an operator; its system has not confirmed it yet.`,
    );
  if (session.ended)
    return final('deny', 'session_terminated', `Session ${session.label} has ended and does not live again.`);
  if (!sets.some((set) => set.mode === 'enforce')) return final('deny', 'no_policy', 'No policy set is active.');
  return null;
}

/** The strictest of all enforced sets; among equals the first. */
function settle(question: Question, judged: Judged[], touched: Touched): Final {
  const binding = bindingOf(question, judged);
  const finals = question.sets
    .filter((set) => set.mode === 'enforce')
    .flatMap((set) => [...guardsOf(set, binding), ...unread(set, touched), grantOf(set, judged)]);
  return finals.reduce((strictest, one) =>
    VERDICTS.indexOf(one.verdict) > VERDICTS.indexOf(strictest.verdict) ? one : strictest,
  );
}

/** The exemption by which a guard that fired does not bind this request. It ends by itself: the instant of the decision says. */
function exemptionOf({ set, rule, outcome }: Judged, { identity, nowMs }: Question): Exemption | undefined {
  if (!set.exemptions?.length || !outcome.fired || rule.kind === 'allow') return undefined;
  return set.exemptions.find(
    (one) =>
      one.rule === rule.id &&
      nowMs < one.untilMs &&
      (one.scope === 'identity'
        ? one.subjectId === identity.id
        : identity.workflows.some((workflow) => workflow.id === one.subjectId)),
  );
}

const guardsOf = (set: CompiledSet, judged: Judged[]): Final[] =>
  judged
    .filter((one) => one.set === set && !one.rule.shadow && one.rule.kind !== 'allow' && one.outcome.fired)
    .map(({ rule, outcome }) =>
      final(outcome.verdict, outcome.reason, rule.message ?? (outcome.touch ? null : `${rule.id}: ${outcome.saw}`), {
        ruleId: rule.id,
        set: set.name,
        touch: outcome.touch,
        acrValues: rule.acrValues,
      }),
    );

/** A meter that can't be read and that no rule answers for: it would go uncounted, so it denies. */
const unread = (set: CompiledSet, touched: Touched): Final[] =>
  touched.failures
    .filter((one) => one.set === set.name && !set.rules.some((rule) => rule.limit?.meter === one.meter))
    .map((one) => final('deny', one.failed.reason, `Meter ${one.meter}: ${one.failed.message}.`, { set: set.name }));

function grantOf(set: CompiledSet, judged: Judged[]): Final {
  const grants = judged.filter((one) => one.set === set && !one.rule.shadow && one.rule.kind === 'allow');
  const grant = grants.find((one) => one.outcome.fired);
  if (grant) return final('allow', 'ok', null, { ruleId: grant.rule.id, set: set.name });
  if (set.default === 'allow') return final('allow', 'ok', null, { set: set.name });
  return final('deny', 'not_granted', `No rule of ${set.name} allows this.`, { set: set.name });
}

// In the order of RFC 8785, which is how the trace writes it.
const ruleSeen = ({ set, rule, outcome }: Judged, own: Outcome | null, question: Question): RuleSeen => ({
  aloneFired: own?.fired ?? null,
  ...exemptSeen(exemptionOf({ set, rule, outcome }, question)),
  exposureId: outcome.touch?.exposureId ?? null,
  fired: outcome.fired,
  id: rule.id,
  kind: rule.kind,
  message: rule.message,
  mode: rule.shadow || set.mode === 'shadow' ? 'shadow' : 'enforce',
  reason: outcome.reason,
  saw: outcome.saw,
  set: set.name,
  verdict: outcome.verdict,
});

const exemptSeen = (exemption: Exemption | undefined): { exempt?: string } =>
  exemption ? { exempt: exemption.id } : {};

function limitsOf(judged: Judged[]): Judgement['limits'] {
  const limits: Judgement['limits'] = new Map();
  for (const { rule, outcome } of judged) {
    if (rule.shadow) continue;
    for (const { touch, max } of outcome.limits) {
      const present = limits.get(touch.exposureId);
      if (!present || max < present.max) limits.set(touch.exposureId, { max, ruleId: rule.id });
    }
  }
  return limits;
}

const warningsOf = (judged: Judged[]): Judgement['warnings'] =>
  judged.flatMap(({ rule, outcome }) =>
    outcome.warning === null || rule.shadow ? [] : [{ ruleId: rule.id, percent: outcome.warning }],
  );
