import { type Reason, VERDICTS, type Verdict } from '@/lib/decisions/model';
import { type Access, isApproved, requestableOf } from '@/lib/policies/approved-evaluate';
import {
  type CompiledSet,
  type Exemption,
  type Question,
  type Rule,
  type Touch,
  type Touched,
  Uncounted,
} from '@/lib/policies/compiled-model';
import { metersOf, type Outcome, sawOf, UNJUDGED, type View } from '@/lib/policies/rules-evaluate';

// What all judged rules come to.

export interface Judged {
  set: CompiledSet;
  rule: Rule;
  outcome: Outcome;
  /** Judged on this session alone; null when the caller named none. */
  own: Outcome | null;
  /** It fired, together or alone, and does not bind. */
  exemption: Exemption | null;
}

export interface Final {
  verdict: Verdict;
  reason: Reason;
  message: string | null;
  ruleId: string | null;
  set: string | null;
  touch: Touch | null;
  acrValues: string[];
  /** Seconds for which an assurance is trusted; null: each request carries it. */
  maxTrustSecs: number | null;
}

const final = (verdict: Verdict, reason: Reason, message: string | null, part: Partial<Final> = {}): Final => ({
  verdict,
  reason,
  message,
  ruleId: null,
  set: null,
  touch: null,
  acrValues: [],
  maxTrustSecs: null,
  ...part,
});

/** What no policy can allow: identity state and ended sessions bind before any rule, and a per-session control knows them too. */
export function barrier({ identity, session, sets, taskEnded }: Question): Final | null {
  if (identity.state === 'revoked') return final('deny', 'identity_revoked', `${identity.name} is revoked.`);
  if (identity.state === 'paused') return final('deny', 'identity_paused', `${identity.name} is paused.`);
  if (session.refused && !session.ended)
    return final(
      'deny',
      'session_terminated',
      `Session ${session.label} was ended; its system has not confirmed it yet.`,
    );
  if (session.ended)
    return final('deny', 'session_terminated', `Session ${session.label} has ended and does not live again.`);
  if (taskEnded) return final('deny', 'task_ended', `The task ${session.task} of session ${session.label} has ended.`);
  if (!sets.some((set) => set.mode === 'enforce')) return final('deny', 'no_policy', 'No policy set is active.');
  return null;
}

/** The strictest of all enforced sets, together or alone; among equals the first. */
export function settle(question: Question, judged: readonly Judged[], alone: boolean, touched: Touched): Final {
  let strictest: Final | null = null;
  const take = (one: Final): void => {
    if (!strictest || VERDICTS.indexOf(one.verdict) > VERDICTS.indexOf(strictest.verdict)) strictest = one;
  };
  for (const set of question.sets) {
    if (set.mode !== 'enforce') continue;
    for (const one of judged) {
      const outcome = alone ? one.own! : one.outcome;
      if (one.set === set && outcome.fired && binds(one, outcome, question)) take(guard(one, outcome));
    }
    for (const one of touched.failures) if (unread(set, one)) take(uncounted(set, one));
    take(grantOf(set, judged, alone));
  }
  return strictest!;
}

/** Whether a rule that fired stops the request: it is enforced, and neither exempted nor approved. */
const binds = ({ set, rule, exemption }: Judged, outcome: Outcome, question: Question): boolean =>
  !rule.shadow && rule.kind !== 'allow' && exemption === null && !isApproved({ set, rule, outcome }, question);

/** Whether only its approval let the request pass this rule: what merely looks, or does not bind anyway, spends none. */
const isPassed = (one: Judged, question: Question): boolean =>
  one.set.mode === 'enforce' && !one.rule.shadow && one.exemption === null && isApproved(one, question);

const guard = ({ set, rule }: Judged, outcome: Outcome): Final => {
  // What a rule could not judge is told as that: its own message is about something else.
  const told = UNJUDGED.includes(outcome.reason) ? null : rule.message;
  const message = told ?? (outcome.touch ? null : `${rule.id}: ${sawOf(rule, outcome)}`);
  const { touch, verdict, reason } = outcome;
  return final(verdict, reason, message, {
    ruleId: rule.id,
    set: set.name,
    touch,
    acrValues: rule.acrValues,
    maxTrustSecs: rule.maxTrustSecs,
  });
};

/** The exemption by which a guard does not bind this request. It ends by itself: the instant of the decision says. */
export function exemptionOf(set: CompiledSet, rule: Rule, { identity, nowMs }: Question): Exemption | null {
  if (!set.exemptions?.length || rule.kind === 'allow') return null;
  const found = set.exemptions.find(
    (one) =>
      one.rule === rule.id &&
      nowMs < one.untilMs &&
      (one.scope === 'identity'
        ? one.subjectId === identity.id
        : identity.workflows.some((workflow) => workflow.id === one.subjectId)),
  );
  return found ?? null;
}

/**
 * A meter that can't be read and that no rule answers for would go uncounted: that denies. So does what counts by it and
 * can't be read, whether or not a limit binds this very request, because others are judged on the count; it passes only
 * where every limit on it says `fail: open` or only looks.
 */
const unread = (set: CompiledSet, one: Touched['failures'][number]): boolean => {
  if (one.set !== set.name) return false;
  const limits = set.rules.filter((rule) => rule.limit?.meter === one.meter);
  if (!limits.length) return true;
  return one.failed instanceof Uncounted && limits.some((rule) => !rule.shadow && !rule.failOpen);
};

const uncounted = (set: CompiledSet, { meter, failed }: Touched['failures'][number]): Final =>
  final('deny', failed.reason, `Meter ${meter}: ${failed.message}.`, { set: set.name });

function grantOf(set: CompiledSet, judged: readonly Judged[], alone: boolean): Final {
  for (const one of judged) {
    if (one.set !== set || one.rule.shadow || one.rule.kind !== 'allow') continue;
    if ((alone ? one.own! : one.outcome).fired)
      return final('allow', 'ok', null, { ruleId: one.rule.id, set: set.name });
  }
  if (set.default === 'allow') return final('allow', 'ok', null, { set: set.name });
  return final('deny', 'not_granted', `No rule of ${set.name} allows this.`, { set: set.name });
}

const NOTHING: Access = { used: null, refused: null, requestable: [] };

/** What approvals have to do with it. `view`: null when no rule was asked. */
export function accessOf(
  question: Question,
  judged: readonly Judged[],
  touched: Touched,
  { view, verdict }: { view: View | null; verdict: Verdict },
): Access {
  const carried = question.approval ?? null;
  const refused = verdict === 'allow' ? null : carried ? 'policy_denied' : (question.approvalRefused ?? null);
  const fired = judged.some((one) => one.rule.approval && one.outcome.fired);
  if (!fired || !view) return refused ? { ...NOTHING, refused } : NOTHING;
  const used = verdict === 'allow' && judged.some((one) => isPassed(one, question)) ? carried : null;
  const enforced = question.sets.filter((set) => set.mode === 'enforce');
  const denied = enforced.some(
    (set) => touched.failures.some((one) => unread(set, one)) || grantOf(set, judged, false).verdict !== 'allow',
  );
  if (denied) return { used, refused, requestable: [] };
  const stops = judged.filter(
    (one) => enforced.includes(one.set) && one.outcome.fired && binds(one, one.outcome, question),
  );
  return { used, refused, requestable: requestableOf(stops, (set) => view.meters?.get(metersOf(set)) ?? view.facts) };
}
