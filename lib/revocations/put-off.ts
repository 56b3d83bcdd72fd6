import { clock } from '@/lib/platform/clock';
import type { BraidError } from '@/lib/platform/errors';
import type { StepState } from '@/lib/revocations/model';
import { backoff } from '@/lib/revocations/state';
import { type Facts, writeSteps } from '@/lib/revocations/write-step';

/** What a step is said to be while it waits: what has been proven of it stays. */
export const meanwhile = (fact: Facts): StepState =>
  fact.verb === 'probe' && PROVEN_SO_FAR.includes(fact.state) ? fact.state : 'requested';
const PROVEN_SO_FAR: readonly StepState[] = ['accepted', 'residual', 'unverifiable'];

/**
 * A system that is down has refused nothing: its step stays asked for, and is tried as long as it takes, in the end once a minute.
 */
export async function unreached(revocationId: string, fact: Facts, error: BraidError, begun: boolean): Promise<void> {
  const detail = `${error.publicMessage} It is tried again as long as it takes.`;
  const notBefore = clock.ms() + backoff(fact.attempts + 1);
  await writeSteps(revocationId, [
    [fact.id, { state: meanwhile(fact), detail, attempt: !begun, finished: true, notBefore }],
  ]);
}

const SHORTEST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 3_600_000;
const USUAL_WAIT_MS = 5_000;

/** The system asks for patience: that is no failure, and the step goes on when it said. */
export async function wait(revocationId: string, fact: Facts, limited: BraidError): Promise<void> {
  const asked = (limited.detail as { retryAfterMs?: unknown } | undefined)?.retryAfterMs;
  const given = typeof asked === 'number' && Number.isFinite(asked) ? asked : USUAL_WAIT_MS;
  const ms = Math.min(Math.max(given, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
  const detail = `the system asks for ${Math.ceil(ms / 1000)} s of patience: ${limited.publicMessage}`;
  await writeSteps(revocationId, [
    [fact.id, { state: meanwhile(fact), detail, finished: true, notBefore: clock.ms() + ms }],
  ]);
}
