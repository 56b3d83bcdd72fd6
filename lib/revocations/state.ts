import { leastFinished, type StepState } from '@/lib/revocations/model';

/** What deciding about a revocation needs of a step. Times are milliseconds since the epoch. */
export interface StepFacts {
  system: string;
  connectorId: string | null;
  verb: string;
  state: StepState;
  attempts: number;
  finishedAt: number | null;
  residualUntil: (number | null)[];
}

const PROVEN: readonly StepState[] = ['verified', 'residual', 'unverifiable'];
export const MAX_ATTEMPTS = 60;
const SECOND = 1_000;
const RESIDUAL_EVERY = 300 * SECOND;

/** One key per system, so that two connectors of one name stay apart. */
export const systemOf = (step: Pick<StepFacts, 'system' | 'connectorId'>): string => step.connectorId ?? step.system;

export function bySystem<S extends StepFacts>(steps: readonly S[]): Map<string, S[]> {
  const systems = new Map<string, S[]>();
  for (const step of steps) {
    if (step.verb === 'regrowth') continue;
    systems.set(systemOf(step), [...(systems.get(systemOf(step)) ?? []), step]);
  }
  return systems;
}

/** A system is where its probe says it is, once it has been probed; before, at its least finished step. */
function systemState(steps: readonly StepFacts[]): StepState {
  const probe = steps.find((step) => step.verb === 'probe');
  if (probe && PROVEN.includes(probe.state)) return probe.state;
  return leastFinished(steps.map((step) => step.state));
}

/** The least finished of the systems and the decision point. The watch for regrowth does not delay it. */
export const stateOf = (steps: readonly StepFacts[]): StepState =>
  leastFinished([...bySystem(steps).values()].map(systemState));

/** Milliseconds to wait before attempt number `attempts` + 1: 0.5 s doubling up to a minute. */
export const backoff = (attempts: number): number =>
  Math.min(500 * 2 ** Math.min(Math.max(attempts - 1, 0), 10), 60 * SECOND);

function systemDueAt(steps: readonly StepFacts[]): number | null {
  const failed = steps.find((step) => step.state === 'failed');
  if (failed) return failed.attempts >= MAX_ATTEMPTS ? null : (failed.finishedAt ?? 0) + backoff(failed.attempts);
  const probe = steps.find((step) => step.verb === 'probe');
  if (!probe) return steps.every((step) => step.state === 'verified') ? null : 0;
  if (probe.state === 'verified' || probe.state === 'unverifiable') return null;
  if (probe.state === 'accepted') {
    return probe.attempts >= MAX_ATTEMPTS ? null : (probe.finishedAt ?? 0) + backoff(probe.attempts);
  }
  if (probe.state === 'residual') {
    const ends = probe.residualUntil.filter((until) => until !== null);
    const first = ends.length ? Math.min(...ends) : Number.POSITIVE_INFINITY;
    const soonest = (probe.finishedAt ?? 0) + 5 * SECOND;
    return Math.max(soonest, Math.min(first, (probe.finishedAt ?? 0) + RESIDUAL_EVERY));
  }
  return 0;
}

/** When something is to be done next for this revocation, ms since the epoch; null = nothing by itself. */
export function dueAt(steps: readonly StepFacts[]): number | null {
  const times = [...bySystem(steps).values()].map(systemDueAt).filter((time) => time !== null);
  return times.length ? Math.min(...times) : null;
}

/** The watch for regrowth begins once every system has been brought as far as it goes by itself. */
export const watchBegins = (steps: readonly StepFacts[]): boolean =>
  steps.some((step) => step.verb === 'regrowth' && step.state === 'requested') &&
  (PROVEN.includes(stateOf(steps)) || dueAt(steps) === null);

/** Is there anything to do at `now`, ms since the epoch? */
export const isDue = (steps: readonly StepFacts[], now: number): boolean =>
  (dueAt(steps) ?? Number.POSITIVE_INFINITY) <= now || watchBegins(steps);
