import type { CompiledSet } from '@/lib/policies/compiled-model';

/** What an expression reads that is another thing a moment later, though nothing happens. */
const BY_THE_CLOCK = /\b(now|age_secs|idle_secs|state_age_secs|trust_age_secs)\b/;

/**
 * Can the passing of time alone make this set refuse what it allowed? An expression reads an age or the time, an assurance has
 * to be fresh, or somebody is exempt until an instant. What a window counted only leaves it. Pure.
 */
export function readsClock({ meters, rules, exemptions }: CompiledSet): boolean {
  const expressions = [
    ...meters.flatMap(({ per, on, where, member }) => [...per, on, where, member]),
    ...rules.flatMap(({ on, when, limit }) => [on, when, typeof limit?.max === 'object' ? limit.max : null]),
  ];
  return (
    expressions.some((one) => one !== null && BY_THE_CLOCK.test(one.source)) ||
    rules.some((rule) => rule.maxTrustSecs !== null) ||
    (exemptions?.length ?? 0) > 0
  );
}
