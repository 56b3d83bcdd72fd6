import type { Assurance } from '@/lib/policies/bound-model';
import type { Question, Rule } from '@/lib/policies/compiled-model';
import { type Outcome, sawOf } from '@/lib/policies/rules-evaluate';

// A step-up is satisfied by a request that carries the assurance it wants (RFC 9470, AuthZEN obligations). Pure.

/** What is asked for where a rule names no acr. */
export const PLAIN_ACR = 'step-up';

/**
 * The assurance that satisfies a rule: the request's own, or, where the rule says for how long trust lasts, what its
 * session was last given. Null: it has to be asked for.
 */
export function satisfies(rule: Rule, { assurance, session, nowMs }: Question): Assurance | null {
  const remembered =
    rule.maxTrustSecs !== null && session.acr && session.trustedMs !== undefined && session.trustedMs !== null
      ? { acr: session.acr, atMs: session.trustedMs }
      : null;
  const wanted = rule.acrValues.length ? rule.acrValues : [PLAIN_ACR];
  for (const one of [assurance, remembered]) {
    if (!one || !wanted.includes(one.acr)) continue;
    if (rule.maxTrustSecs === null || nowMs - one.atMs <= rule.maxTrustSecs * 1000) return one;
  }
  return null;
}

/** A rule that asks for assurance does not bind who has given it. */
export function assured(rule: Rule, outcome: Outcome, question: Question): Outcome {
  if (!outcome.fired || outcome.verdict !== 'step_up') return outcome;
  const by = satisfies(rule, question);
  if (!by) return outcome;
  return {
    ...outcome,
    fired: false,
    verdict: 'allow',
    reason: 'ok',
    saw: `${sawOf(rule, outcome)}; satisfied by ${by.acr}`.slice(0, 500),
    satisfied: by === question.assurance,
  };
}
