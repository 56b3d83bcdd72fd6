import {
  type ApprovalSeen,
  type CompiledSet,
  type Facts,
  Failed,
  type Question,
  type Rule,
} from '@/lib/policies/compiled-model';
import { type Outcome, UNJUDGED } from '@/lib/policies/rules-evaluate';

/** What approvals have to do with one evaluation. */
export interface Access {
  /** The approval that let it pass. */
  used: ApprovalSeen | null;
  /** Why the one it carries did not hold; `policy_denied`: it holds, and something else stops the request. */
  refused: string | null;
  /** Rules that stop it, all of which can be approved; empty: no approval would help. */
  requestable: Requestable[];
}

export interface Requestable {
  set: CompiledSet;
  rule: Rule & { approval: NonNullable<Rule['approval']> };
  /** The policy itself would approve. */
  automatic: boolean;
}

interface Fired {
  set: CompiledSet;
  rule: Rule;
  outcome: Outcome;
}

/** A guard stopped the request for its own reason, not because something could not be evaluated. */
const isItsOwn = ({ rule, outcome }: Fired): boolean =>
  outcome.fired && outcome.verdict === (rule.limit?.verdict ?? rule.kind) && !UNJUDGED.includes(outcome.reason);

/** A rule that fired and that the request's approval lets it pass. It is judged on shared state all the same. */
export function isApproved(fired: Fired, { approval, nowMs }: Question): boolean {
  const { set, rule } = fired;
  if (!approval || !rule.approval || nowMs >= approval.untilMs || !isItsOwn(fired)) return false;
  return approval.rules.some((one) => one.set === set.name && one.id === rule.id);
}

/** Whether an approval would help: only if every guard that stops the request can be approved. */
export function requestableOf(stops: Fired[], factsOf: (set: CompiledSet) => Facts): Requestable[] {
  const found = stops.flatMap((one) => {
    const { set, rule } = one;
    if (!rule.approval || !isItsOwn(one)) return [];
    return [{ set, rule: rule as Requestable['rule'], automatic: holds(rule.approval.automatic, factsOf(set)) }];
  });
  return found.length === stops.length ? found : [];
}

function holds(automatic: NonNullable<Rule['approval']>['automatic'], facts: Facts): boolean {
  if (!automatic) return false;
  try {
    return automatic.run(facts) === true;
  } catch (error) {
    if (error instanceof Failed) return false;
    throw error;
  }
}
