import { setTimeout as sleep } from 'node:timers/promises';
import { clock } from '@/lib/platform/clock';
import { log } from '@/lib/platform/log';
import { aloneOn } from '@/lib/revocations/alone/store';
import { crowded, within } from '@/lib/revocations/at-work';
import { endSystem } from '@/lib/revocations/end-system';
import { bySystem, dueAt, watchBegins } from '@/lib/revocations/state';
import { findRevocation, type Stored, unfinished } from '@/lib/revocations/store';
import { verifyDecisionPoint } from '@/lib/revocations/verify-decision-point';
import { type Facts, factsOf, settle } from '@/lib/revocations/write-step';

/** A system that takes longer goes on by itself: the others are not kept waiting for it. */
const PATIENCE_MS = 2_000;
const LOOK_MS = 500;
const ROUNDS = 1_000;

/** Systems at which this identity's access is being ended: whatever is next there waits, the others go on. */
type Busy = Map<string, Promise<void>>;

/** What can be done now, by system: due, nobody at it for this identity, and not full of others. */
function dueSystems(revocation: Stored, busy: Busy): Facts[][] {
  const full = crowded();
  const now = clock.ms();
  return [...bySystem(factsOf(revocation)).values()].filter((steps) => {
    const { connectorId } = steps[0]!;
    if (connectorId !== null && (busy.has(connectorId) || full.includes(connectorId))) return false;
    return (dueAt(steps) ?? Number.POSITIVE_INFINITY) <= now;
  });
}

const hasWork = (revocation: Stored, busy: Busy): boolean =>
  dueSystems(revocation, busy).length > 0 || (busy.size === 0 && watchBegins(factsOf(revocation)));

/**
 * The journey of a revocation after its request has committed:
 * 1. beside each other, the decision point (the changed state is read back as a decision reads it, allows in flight are
 *    listed) and every system: block re-issue → end live sessions → end refresh and derived credentials → probe
 * 2. the watch for regrowth begins
 * Every step is written as it happens and is harmless when done twice, so whoever finds an unfinished one goes on with it.
 */
async function advance(revocation: Stored, busy: Busy): Promise<void> {
  const parts = dueSystems(revocation, busy).flatMap((steps) => {
    const { connectorId } = steps[0]!;
    if (connectorId === null) return [];
    const done = within(connectorId, () => endSystem(revocation, steps)).finally(() => busy.delete(connectorId));
    busy.set(connectorId, done);
    return [done];
  });
  const timer = new AbortController();
  const patience = sleep(PATIENCE_MS, undefined, { signal: timer.signal }).catch(() => undefined);
  const [decided] = await Promise.allSettled([
    verifyDecisionPoint(revocation),
    Promise.race([Promise.allSettled(parts), patience]),
  ]);
  timer.abort();
  if (decided.status === 'rejected') throw decided.reason;
  await settle(revocation.id);
}

const same = (before: Stored, after: Stored): boolean =>
  after.steps.every(
    (step, at) => step.state === before.steps[at]?.state && step.attempts === before.steps[at]?.attempts,
  );

async function work(identityId: string, busy: Busy): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const next = (await unfinished(identityId)).find((one) => hasWork(one, busy));
    if (next) {
      await advance(next, busy);
      const after = await findRevocation(next.id);
      if (after && hasWork(after, busy) && same(next, after)) {
        log.warn({ revocationId: next.id }, 'a revocation made no progress');
        return;
      }
    } else if (busy.size === 0) return;
    else await Promise.race([...busy.values(), sleep(LOOK_MS)]);
  }
}

/** Does all that is due for one identity, oldest request first. Returns false when another worker is at it. */
export function execute(identityId: string): Promise<boolean> {
  return aloneOn(identityId, async () => {
    const busy: Busy = new Map();
    try {
      await work(identityId, busy);
    } finally {
      // All of it has ended before anything is said: whoever waits for this holds the identity's lock.
      await Promise.allSettled(busy.values());
    }
  });
}
