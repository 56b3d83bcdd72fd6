import type { ExposureSeen, Reason, RuleSeen, Trace, Verdict } from '@/lib/decisions/model';
import { amountText, meterText, numberWord, percentOf, ruleText } from '@/lib/exposures/format';

/** A sentence in parts: plain words, names in mono (with the page they lead to), and what was decided (with when), so that a page can colour and localise them. */
export type Part = string | { code: string; href?: string } | { verdict: Verdict; text: string; at: string | null };

/** The whole sentence as text; times in UTC unless told otherwise. */
export const partsText = (parts: Part[], time: (iso: string) => string = (iso) => `${iso.slice(11, 19)} UTC`): string =>
  parts
    .map((part) =>
      typeof part === 'string'
        ? part
        : 'code' in part
          ? part.code
          : part.at
            ? `${part.text} at ${time(part.at)}`
            : part.text,
    )
    .join('');

export const VERDICT_PAST: Record<Verdict, string> = {
  allow: 'allowed',
  step_up: 'asked to step up',
  pause: 'paused',
  deny: 'denied',
};

export const decided = (verdict: Verdict, at: string | null): Part => ({ verdict, text: VERDICT_PAST[verdict], at });

/** Why, for people, where no limit says it better. */
export const REASON_TEXT: Record<Reason, string> = {
  ok: 'no rule objected',
  rule_denied: 'a rule denies it',
  rule_paused: 'a rule pauses it',
  rule_step_up: 'a rule asks for stronger assurance',
  not_granted: 'no rule grants it',
  no_policy: 'no policy set is active',
  aggregate_value_exceeded: 'the sum would cross its limit',
  distinct_exceeded: 'it would be one too many different ones',
  frequency_exceeded: 'it would be once too often',
  concurrency_exceeded: 'too many sessions are live at once',
  outstanding_approvals_exceeded: 'too many approvals are open',
  lease_held: 'another holds the lease',
  identity_revoked: 'the identity is revoked',
  identity_paused: 'the identity is paused',
  task_ended: 'its task has ended',
  session_terminated: 'the session has been ended',
  session_required: 'the policy wants a session and none was named',
  amount_invalid: 'its amount cannot be used',
  attribute_missing: 'an attribute that a rule reads is missing',
  evaluation_error: 'a rule could not be evaluated',
  sessions_truncated: 'more sessions are live than a rule may look at',
  state_unavailable: 'shared state could not be reached',
};

export type MeterKind = ExposureSeen['kind'];

const field = (request: Record<string, unknown>, part: string, name: string): string | null => {
  const value = (request[part] as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : null;
};

/** The names a request gives: what it wants to do, and to what. */
export const requestNames = (trace: Pick<Trace, 'request'>) => ({
  action: field(trace.request, 'action', 'name') ?? 'an action',
  resourceType: field(trace.request, 'resource', 'type'),
  resourceId: field(trace.request, 'resource', 'id'),
});

/** The rule that made the verdict, if one did. */
export const decidingRule = (trace: Trace): RuleSeen | null =>
  trace.rules.find(
    (rule) =>
      rule.fired &&
      !rule.exempt &&
      rule.mode === 'enforce' &&
      rule.verdict === trace.verdict &&
      rule.reason === trace.reason,
  ) ?? null;

/** The exposure a decision is about: the deciding rule's, else the one nearest to its limit. */
export function decidingExposure(trace: Trace): ExposureSeen | null {
  const rule = decidingRule(trace);
  const own = rule && trace.exposures.find((each) => each.exposureId === rule.exposureId);
  if (own) return own;
  const part = (each: ExposureSeen) => (each.limit === null ? -1 : percentOf(each.asked, each.limit));
  return [...trace.exposures].sort((a, b) => part(b) - part(a))[0] ?? null;
}

/** What was decided about whom, and why, in one or two sentences. */
export function decisionHeadline(trace: Trace): Part[] {
  const { action, resourceType, resourceId } = requestNames(trace);
  const sum = trace.exposures.find((each) => each.kind === 'sum');
  const amount = sum ? ` of ${amountText(sum.amount, sum.scale, sum.unit)}` : '';
  const target = resourceId ? ` on ${resourceType ?? 'resource'} ${resourceId}` : '';
  const alone =
    trace.alone === 'allow' && trace.verdict !== 'allow' ? ' Alone, this session would have been allowed.' : '';
  return [
    { code: trace.identity.name },
    ' asked for ',
    { code: action },
    `${amount}${target} and was `,
    decided(trace.verdict, trace.at),
    `: ${why(trace)}.${alone}`,
  ];
}

/** The rule could not be judged: its own message would say what it is for, not what went wrong. */
const FAULTS: ReadonlySet<Reason> = new Set([
  'attribute_missing',
  'evaluation_error',
  'amount_invalid',
  'sessions_truncated',
]);

function why(trace: Trace): string {
  const exposure = decidingExposure(trace);
  const limited = exposure && exposure.limit !== null ? exposure : null;
  if (trace.verdict === 'allow') {
    if (!limited) return trace.exposures.length > 0 ? 'counted, and no limit stands on it' : REASON_TEXT[trace.reason];
    return `${meterText(limited, trace.sets.length > 1)} stands at ${amountText(limited.after, limited.scale)} of ${amountText(limited.limit!, limited.scale)}`;
  }
  const rule = decidingRule(trace);
  if (rule && FAULTS.has(trace.reason))
    return `${REASON_TEXT[trace.reason]} (${ruleText(rule, trace.sets.length > 1)})`;
  if (limited && rule?.kind === 'limit' && (limited.kind === 'sum' || limited.kind === 'count')) {
    const before = BigInt(limited.settledBefore) + BigInt(limited.heldBefore);
    const own = limited.contributors.filter((each) => BigInt(each.settled) + BigInt(each.held) > 0n).length;
    const rest = BigInt(limited.othersSettled) + BigInt(limited.othersHeld) > 0n;
    const across = own > 1 ? ` across ${rest ? 'more than ' : ''}${numberWord(own)} sessions` : '';
    const say = (minor: bigint | string) => amountText(minor, limited.scale);
    return `${say(before)}${across} and ${say(limited.amount)} more would cross ${say(limited.limit!)}`;
  }
  return rule?.message ? rule.message.replace(/[.\s]+$/, '') : REASON_TEXT[trace.reason];
}
