import type { Step } from '@/lib/sessions/overlap-state';

const HOUR = 3_600_000;

/**
 * How many at once most of the time, while any lived: the middle four fifths by time of the steps before `to`. null when
 * less than an hour of life is known: nothing is usual yet. Pure.
 */
export function usualOf(steps: readonly Step[], to: number): { low: number; high: number } | null {
  const spent = new Map<number, number>();
  let total = 0;
  steps.forEach((step, index) => {
    const ms = Math.max(Math.min(steps[index + 1]?.at ?? to, to) - step.at, 0);
    if (step.count === 0 || ms === 0) return;
    spent.set(step.count, (spent.get(step.count) ?? 0) + ms);
    total += ms;
  });
  if (total < HOUR) return null;
  const counts = [...spent].sort((a, b) => a[0] - b[0]);
  const reaching = (share: number): number => {
    let sum = 0;
    for (const [count, ms] of counts) {
      sum += ms;
      if (sum >= total * share) return count;
    }
    return counts.at(-1)![0];
  };
  return { low: reaching(0.1), high: reaching(0.9) };
}
