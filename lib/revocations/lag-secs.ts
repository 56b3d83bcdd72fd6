import type { Measured } from '@/lib/revocations/measured/store';
import { cannot, type SystemFacts } from '@/lib/revocations/plan';

/** How long the decision point takes where nothing was measured, ms. */
const DECISION_MS = 10;

/** Seconds, up to the next that two digits say: what is measured moves with every act, and a policy's margin need not. */
function roundedUp(ms: number): number {
  const secs = Math.max(1, Math.ceil(ms / 1000));
  const step = 10 ** Math.max(0, Math.floor(Math.log10(secs)) - 1);
  return Math.ceil(secs / step) * step;
}

/**
 * From the click until a revocation is proven in the slowest of these systems, seconds: the p95 measured there, else the most
 * its connector declares; of who lives nowhere else, at the decision point. Null: one of them can't be told to revoke. Pure.
 */
export function lagSecs(systems: readonly SystemFacts[], times: readonly Measured[]): number | null {
  let slowest = times.find((one) => one.of === 'decision')?.p95 ?? DECISION_MS;
  for (const system of systems) {
    if (!system.capabilities || cannot('revoke', system)) return null;
    const seen = times.find((one) => one.of === 'connector' && one.connectorId === system.connectorId);
    slowest = Math.max(slowest, seen?.p95 ?? system.capabilities.propagationMs.max);
  }
  return roundedUp(slowest);
}
