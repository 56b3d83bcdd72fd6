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
  /** The system asked for patience until then. */
  notBefore?: number | null;
}

const PROVEN: readonly StepState[] = ['verified', 'residual', 'unverifiable'];
export const MAX_ATTEMPTS = 60;
const SECOND = 1_000;
const RESIDUAL_EVERY = 300 * SECOND;
/** What a system took and has not done, or refuses, is asked for as long as it takes, in the end this often: queues have stood for days, and who gives Braid a right need not come here as well. */
const SELDOM = 900 * SECOND;

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

const DONE: readonly StepState[] = ['accepted', 'effective', 'verified'];

/** Known before anything was done: nobody will ask this system whether it is over. */
export const neverProbed = (step: { verb: string; state: string; attempts: number }): boolean =>
  step.verb === 'probe' && step.state === 'unverifiable' && step.attempts === 0;

/**
 * A system is where its probe says it is, once it has been probed; before, at its least finished step. One that can't be
 * probed is unverifiable once its steps have taken effect, and accepted as long as one has only been taken.
 */
export function systemState(steps: readonly StepFacts[]): StepState {
  const probe = steps.find((step) => step.verb === 'probe');
  const acting = steps.filter((step) => step !== probe);
  if (!probe || !PROVEN.includes(probe.state)) return leastFinished(steps.map((step) => step.state));
  const done = acting.every((step) => DONE.includes(step.state));
  if (done && !(neverProbed(probe) && acting.some((step) => step.state === 'accepted'))) return probe.state;
  return leastFinished(acting.map((step) => step.state));
}

/** The least finished of the systems and the decision point. The watch for regrowth does not delay it. */
export const stateOf = (steps: readonly StepFacts[]): StepState =>
  leastFinished([...bySystem(steps).values()].map(systemState));

/** Milliseconds to wait before attempt number `attempts` + 1: 0.5 s doubling up to a minute. */
export const backoff = (attempts: number): number =>
  Math.min(500 * 2 ** Math.min(Math.max(attempts - 1, 0), 10), 60 * SECOND);

const pause = (attempts: number): number => (attempts >= MAX_ATTEMPTS ? SELDOM : backoff(attempts));

const patient = (due: number | null, steps: readonly StepFacts[]): number | null =>
  due === null ? null : Math.max(due, ...steps.map((step) => step.notBefore ?? 0));

/** Residuals die at their time; those without one, and what has only such, are looked at now and then. */
function nextLook(probe: StepFacts): number | null {
  const seen = probe.finishedAt ?? 0;
  const ends = probe.residualUntil.filter((until) => until !== null);
  // Nobody can say what became of it before the last that is known to live on is dead.
  if (probe.state === 'unverifiable') return ends.length ? Math.max(...ends, seen + RESIDUAL_EVERY) : null;
  const first = ends.length ? Math.min(...ends) : Number.POSITIVE_INFINITY;
  return Math.max(seen + 5 * SECOND, Math.min(first, seen + RESIDUAL_EVERY));
}

function systemDueAt(steps: readonly StepFacts[]): number | null {
  const failed = steps.find((step) => step.state === 'failed');
  if (failed) return (failed.finishedAt ?? 0) + pause(failed.attempts);
  const probe = steps.find((step) => step.verb === 'probe');
  if (!probe) return steps.every((step) => step.state === 'verified') ? null : 0;
  if (steps.some((step) => step !== probe && !DONE.includes(step.state))) return 0;
  if (probe.state === 'verified') return null;
  if (probe.state === 'residual' || probe.state === 'unverifiable') return nextLook(probe);
  if (probe.state === 'accepted') {
    return (probe.finishedAt ?? 0) + pause(probe.attempts);
  }
  return 0;
}

/** When something is to be done next for this revocation, ms since the epoch; null = nothing by itself. */
export function dueAt(steps: readonly StepFacts[]): number | null {
  const times = [...bySystem(steps).values()]
    .map((own) => patient(systemDueAt(own), own))
    .filter((time) => time !== null);
  return times.length ? Math.min(...times) : null;
}

/** It refuses, or can't be reached: what there is to do by itself was tried often enough. */
const givenUp = (steps: readonly StepFacts[]): boolean =>
  systemDueAt(steps) === null ||
  steps.some((step) => ['failed', 'requested'].includes(step.state) && step.attempts >= MAX_ATTEMPTS);

/** The watch for regrowth begins once every system has been brought as far as it goes by itself. */
export const watchBegins = (steps: readonly StepFacts[]): boolean =>
  steps.some((step) => step.verb === 'regrowth' && step.state === 'requested') &&
  (PROVEN.includes(stateOf(steps)) || [...bySystem(steps).values()].every(givenUp));

/** When a look at it is due, the watch for regrowth included; null = never by itself. */
export const lookAt = (steps: readonly StepFacts[], now: number): number | null =>
  watchBegins(steps) ? now : dueAt(steps);

/** Is there anything to do at `now`, ms since the epoch? */
export const isDue = (steps: readonly StepFacts[], now: number): boolean =>
  (dueAt(steps) ?? Number.POSITIVE_INFINITY) <= now || watchBegins(steps);
