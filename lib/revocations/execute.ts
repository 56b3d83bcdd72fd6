import { clock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { aloneOn } from '@/lib/revocations/alone/store';
import { endSystem } from '@/lib/revocations/end-system';
import { bySystem, dueAt, isDue } from '@/lib/revocations/state';
import { findRevocation, type Stored, unfinished } from '@/lib/revocations/store';
import { verifyDecisionPoint } from '@/lib/revocations/verify-decision-point';
import { factsOf, settle } from '@/lib/revocations/write-step';

/**
 * The journey of a revocation after its request has committed:
 * 1. beside each other, the decision point (the changed state is read back as a decision reads it, allows in flight are
 *    listed) and every system: block re-issue → end live sessions → end refresh and derived credentials → probe
 * 2. the watch for regrowth begins
 * Every step is written as it happens and is harmless when done twice, so whoever finds an unfinished one goes on with it.
 */
async function advance(revocation: Stored): Promise<void> {
  const systems = [...bySystem(factsOf(revocation)).values()].filter((steps) => steps[0]!.connectorId !== null);
  const due = systems.filter((steps) => (dueAt(steps) ?? Number.POSITIVE_INFINITY) <= clock.ms());
  // All of it has ended before anything is said: whoever waits for this holds the identity's lock.
  const parts = await Promise.allSettled([
    verifyDecisionPoint(revocation),
    ...due.map((steps) => endSystem(revocation, steps)),
  ]);
  const broken = parts.find((part) => part.status === 'rejected');
  if (broken) throw broken.reason;
  await settle(revocation.id);
}

const hasWork = (revocation: Stored): boolean => isDue(factsOf(revocation), clock.ms());

/** Does all that is due for one identity, oldest request first. Returns false when another worker is at it. */
export function execute(identityId: string): Promise<boolean> {
  return aloneOn(identityId, async () => {
    for (let round = 0; round < 100; round++) {
      const next = (await unfinished(identityId)).find(hasWork);
      if (!next) return;
      await advance(next);
      const after = await findRevocation(next.id);
      if (
        after &&
        hasWork(after) &&
        after.steps.every((step, i) => step.state === next.steps[i]?.state && step.attempts === next.steps[i]?.attempts)
      ) {
        log.warn({ revocationId: next.id }, 'a revocation made no progress');
        return;
      }
    }
  });
}
