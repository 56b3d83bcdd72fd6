import type { Reason, Verdict } from '@/lib/decisions/model';
import { MAX_TOTAL, minorUnitsDown } from '@/lib/exposures/model';
import {
  type CompiledSet,
  type Facts,
  Failed,
  type Rule,
  type Touch,
  type Touched,
  Uncounted,
} from '@/lib/policies/compiled-model';
import { formatSaw } from '@/lib/policies/format';

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
  /** Facts with the meters of one set; null: no set reads meters in expressions. */
  meters: ReadonlyMap<string, Facts> | null;
  value(touch: Touch): Value;
  /** It counts live sessions, and there are more than so many that are looked at: its value may be too low. Null: all are. */
  unseen(touch: Touch): number | null;
  touched: Touched;
}

export interface Outcome {
  fired: boolean;
  verdict: Verdict;
  reason: Reason;
  /** What it saw, where that is not what a guard or a limit always says: `sawOf` has it in words. */
  saw: string | null;
  touch: Touch | null;
  /** Of `touch`, as it was judged. */
  value: Value | null;
  limit: bigint | null;
  /** Further limits it read, by exposure, where it read several: shown on charts and in `/v1/exposure`, fired or not. */
  limits: readonly { touch: Touch; max: bigint }[];
  /** Highest warning level reached if this is allowed; percent. */
  warning: number | null;
  /** Where a limit stands if this is allowed, percent of it; absent: no limit, or one of zero. */
  percent?: number;
  /** It asked for assurance: whether this request has it, or only its session remembers one. */
  satisfied?: boolean;
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

const NONE: Outcome['limits'] = [];
const quiet = (saw: string | null): Outcome => ({
  fired: false,
  verdict: 'allow',
  reason: 'ok',
  saw,
  touch: null,
  value: null,
  limit: null,
  limits: NONE,
  warning: null,
});

/** The condition under `on` is false. */
export const NOT_APPLICABLE: Outcome = Object.freeze(quiet('does not apply'));
/** A guard whose condition is false. */
const HOLDS_NOT: Outcome = Object.freeze(quiet(null));
const HOLDS = Object.fromEntries(
  (['deny', 'pause', 'step_up', 'allow'] as const).map((kind): [string, Outcome] => [
    kind,
    Object.freeze({ ...quiet(null), fired: true, verdict: kind, reason: GUARD[kind]! }),
  ]),
);
export const NOT_COUNTED = Object.freeze(quiet('the meter does not count this request'));
const NOT_KEPT = Object.freeze(quiet('not counted: no enforced meter keeps this exposure'));

/** What a rule saw, for people. */
export function sawOf(rule: Rule, { saw, touch, value, limit, fired }: Outcome): string {
  if (saw !== null) return saw;
  if (!touch || !value || limit === null) return `${rule.when?.source.slice(0, 400)} is ${fired}`;
  const { kind, scale, unit } = touch.meter;
  return formatSaw({ ...value, limit, kind, scale, unit }, fired);
}

/** A rule that could not be judged says why by one of these: that it denies is then not what it was written to say. */
export const UNJUDGED: readonly Reason[] = [
  'attribute_missing',
  'evaluation_error',
  'sessions_truncated',
  'amount_invalid',
];

/** Judges one rule on one view. What can't be evaluated denies, unless the rule says `fail: open`; a grant then grants nothing. */
export function judge(rule: Rule, set: CompiledSet, view: View): Outcome {
  const facts = view.meters?.get(metersOf(set)) ?? view.facts;
  try {
    if (rule.on && rule.on.run(facts) !== true) return unreadOf(rule, set, view) ?? NOT_APPLICABLE;
    if (rule.limit) return judgeLimit(rule, rule.limit, set, view, facts);
    const value = rule.when!.run(facts);
    if (typeof value !== 'boolean') throw new Failed('evaluation_error', 'gives neither true nor false');
    return value ? HOLDS[rule.kind]! : HOLDS_NOT;
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    return failed(rule, error);
  }
}

/** A limit that does not apply, on a meter that could not count this request either: its trace says that it sees too little. */
function unreadOf(rule: Rule, set: CompiledSet, { touched }: View): Outcome | null {
  if (!rule.limit || (!rule.shadow && !rule.failOpen)) return null;
  const failures = set.mode === 'shadow' ? touched.shadow?.failures : touched.failures;
  const found = failures?.find((one) => one.set === set.name && one.meter === rule.limit!.meter);
  return found?.failed instanceof Uncounted
    ? quiet(`does not apply; not counted: ${found.failed.message}`.slice(0, 400))
    : null;
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
  for (const one of touched?.failures ?? []) if (one.set === set.name && one.meter === limit.meter) throw one.failed;
  let first: Outcome | null = null;
  let worst: Outcome | null = null;
  let limits: { touch: Touch; max: bigint }[] | null = null;
  for (const touch of touched?.touches ?? []) {
    if (touch.meter.name !== limit.meter || touch.set !== set.name) continue;
    const outcome = judgeTouch(rule, limit, touch, view, facts);
    if (first) {
      limits ??= [{ touch: first.touch!, max: first.limit! }];
      limits.push({ touch, max: outcome.limit! });
    } else first = outcome;
    if (!worst && outcome.fired) worst = outcome;
  }
  const judged = worst ?? first;
  if (!judged) return set.mode === 'shadow' ? NOT_KEPT : NOT_COUNTED;
  return limits ? { ...judged, limits } : judged;
}

function judgeTouch(rule: Rule, limit: NonNullable<Rule['limit']>, touch: Touch, view: View, facts: Facts): Outcome {
  const max =
    typeof limit.max === 'bigint' ? limit.max : majorToMinor(limit.max.run(facts), touch.meter.scale, rule.id);
  const value = view.value(touch);
  const asked = value.settled + value.held + value.amount;
  const fired = asked > max;
  const unseen = fired ? null : view.unseen(touch);
  if (unseen !== null) throw new Failed('sessions_truncated', `more than ${unseen} sessions are live`);
  return {
    fired,
    verdict: fired ? limit.verdict : 'allow',
    reason: fired ? CROSSED[touch.meter.kind]! : 'ok',
    saw: null,
    touch,
    value,
    limit: max,
    limits: NONE,
    warning: fired || limit.warn.length === 0 ? null : warningAt(limit.warn, asked, max),
  };
}

/** The highest level (percent, sorted) that is reached. A limit of one is not approached: its only use is what it is for. */
export function warningAt(levels: readonly number[], asked: bigint, max: bigint): number | null {
  if (max <= 1n) return null;
  let reached: number | null = null;
  for (const percent of levels) {
    if (asked * 100n < max * BigInt(Math.round(percent))) break;
    reached = percent;
  }
  return reached;
}

/** Rounded down, and no more than can be counted: a limit computed by an expression is never more generous than it says. */
function majorToMinor(value: unknown, scale: number, ruleId: string): bigint {
  const minor = minorUnitsDown(value, scale);
  if (minor === null) throw new Failed('evaluation_error', `max of ${ruleId} is no number`);
  return minor < MAX_TOTAL ? minor : MAX_TOTAL;
}
