import type { Probed, Residual } from '@/lib/connectors/model';

/** What a probe has looked at so far, and its answer with all of that. `now`: ISO time of a check. */
export function probing(now: () => string) {
  const checks: Probed['checks'] = [];
  return {
    checks,
    note: (check: string, saw: string) => checks.push({ check, saw, at: now() }),
    said: (result: Probed['result'], detail: string, residuals: Residual[] = []): Probed => ({
      result,
      detail: detail.slice(0, 500),
      checks,
      residuals,
    }),
  };
}
