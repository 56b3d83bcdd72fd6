import type { CompiledSet, Rule } from '@/lib/policies/compiled-model';

// What follows from a set alone, and what a rule comes to on most requests: traces leave both out.

/** The lowest constant limit that always stands on a meter's exposures; null: none; undefined: it depends on the request. */
export function usualLimit(set: CompiledSet, meter: string): bigint | null | undefined {
  let lowest: bigint | null = null;
  for (const rule of set.rules) {
    if (rule.limit?.meter !== meter || isShadow(rule, set)) continue;
    const { max } = rule.limit;
    if (typeof max !== 'bigint' || rule.on) return undefined;
    if (lowest === null || max < lowest) lowest = max;
  }
  return lowest;
}

const isShadow = (rule: Rule, set: Pick<CompiledSet, 'mode'>): boolean => rule.shadow || set.mode === 'shadow';
