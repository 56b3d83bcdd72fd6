import type { Reason, Verdict } from '@/lib/decisions/model';
import { minorUnitsDown } from '@/lib/exposures/model';
import {
  type CompiledSet,
  type Facts,
  Failed,
  type Rule,
  type Touch,
  type Touched,
} from '@/lib/policies/compiled-model';
import { formatLimit } from '@/lib/policies/format';

/** The value of one touched exposure as one view (together or alone) sees it, before this request. Minor units. */
export interface Value {
  settled: bigint;
  held: bigint;
  /** What this request adds; for live sessions the session itself. */
  amount: bigint;
}

/** Together and alone are the same rules on two views of the same exposures. */
export interface View {
  facts: Facts;
  /** Facts with the meters of one set. */
  meters: ReadonlyMap<string, Facts>;
  value(touch: Touch): Value;
  touched: Touched;
}

export interface Outcome {
  fired: boolean;
  verdict: Verdict;
  reason: Reason;
  saw: string;
  touch: Touch | null;
  limit: bigint | null;
  /** Every limit it read, by exposure: shown on charts and in `/v1/exposure`, fired or not. */
  limits: { touch: Touch; max: bigint }[];
  /** Highest warning level reached if this is allowed; percent. */
  warning: number | null;
}

/** Under which name a set's meters stand in a view: a version in shadow has its own beside those of the active one. */
export const metersOf = (set: { name: string; mode: string }): string =>
  set.mode === 'shadow' ? `${set.name} in shadow` : set.name;

const CROSSED: Record<string, Reason> = {
  sum: 'aggregate_value_exceeded',
  count: 'frequency_exceeded',
  distinct: 'distinct_exceeded',
  live_sessions: 'concurrency_exceeded',
  lease: 'lease_held',
  pending: 'outstanding_approvals_exceeded',
};
const GUARD: Record<string, Reason> = {
  deny: 'rule_denied',
  pause: 'rule_paused',
  step_up: 'rule_step_up',
  allow: 'ok',
};

const quiet = (saw: string): Outcome => ({
  fired: false,
  verdict: 'allow',
  reason: 'ok',
  saw,
  touch: null,
  limit: null,
  limits: [],
  warning: null,
});

/** Judges one rule on one view. What can't be evaluated denies, unless the rule says `fail: open`; a grant then grants nothing. */
export function judge(rule: Rule, set: CompiledSet, view: View): Outcome {
  const facts = view.meters.get(metersOf(set)) ?? view.facts;
  try {
    if (rule.on && rule.on.run(facts) !== true) return quiet('does not apply');
    if (rule.limit) return judgeLimit(rule, rule.limit, set, view, facts);
    const value = rule.when!.run(facts);
    if (typeof value !== 'boolean') throw new Failed('evaluation_error', 'gives neither true nor false');
    const saw = `${rule.when!.source.slice(0, 400)} is ${value}`;
    if (!value) return quiet(saw);
    return { ...quiet(saw), fired: true, verdict: rule.kind as Verdict, reason: GUARD[rule.kind]! };
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return failed(rule, error);
  }
}

function failed(rule: Rule, error: Failed): Outcome {
  const saw = error.message.slice(0, 400);
  if (rule.failOpen) return quiet(`${saw}: passed, because the rule says fail: open`);
  if (rule.kind === 'allow') return quiet(`${saw}: grants nothing`);
  return { ...quiet(saw), fired: true, verdict: 'deny', reason: error.reason };
}

function judgeLimit(
  rule: Rule,
  limit: NonNullable<Rule['limit']>,
  set: CompiledSet,
  view: View,
  facts: Facts,
): Outcome {
  const touched = set.mode === 'shadow' ? view.touched.shadow : view.touched;
  const failure = touched?.failures.find((one) => one.set === set.name && one.meter === limit.meter);
  if (failure) throw failure.failed;
  const touches = touched?.touches.filter((one) => one.set === set.name && one.meter.name === limit.meter) ?? [];
  if (!touches.length)
    return quiet(
      set.mode === 'shadow'
        ? 'not counted: no enforced meter keeps this exposure'
        : 'the meter does not count this request',
    );
  const judged = touches.map((touch) => judgeTouch(rule, limit, touch, view, facts));
  const worst = judged.find((one) => one.fired) ?? judged[0]!;
  return { ...worst, limits: judged.flatMap((one) => one.limits) };
}

function judgeTouch(rule: Rule, limit: NonNullable<Rule['limit']>, touch: Touch, view: View, facts: Facts): Outcome {
  const { scale, kind, unit } = touch.meter;
  const max = typeof limit.max === 'bigint' ? limit.max : majorToMinor(limit.max.run(facts), scale, rule.id);
  const value = view.value(touch);
  const asked = value.settled + value.held + value.amount;
  const fired = asked > max;
  const warning = limit.warn.filter((percent) => asked * 100n >= max * BigInt(Math.round(percent))).at(-1) ?? null;
  const saw =
    kind === 'live_sessions'
      ? `session ${asked} of this scope, ${max} allowed`
      : formatLimit({ ...value, limit: max, scale, unit }, fired);
  return {
    fired,
    verdict: fired ? limit.verdict : 'allow',
    reason: fired ? CROSSED[kind]! : 'ok',
    saw,
    touch,
    limit: max,
    limits: [{ touch, max }],
    warning: fired ? null : warning,
  };
}

/** Rounded down: a limit computed by an expression is never more generous than it says. */
function majorToMinor(value: unknown, scale: number, ruleId: string): bigint {
  const minor = minorUnitsDown(value, scale);
  if (minor === null) throw new Failed('evaluation_error', `max of ${ruleId} is no number`);
  return minor;
}
