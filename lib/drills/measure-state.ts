import type { Observation } from '@/lib/drills/model';

/** What was measured so far, milliseconds after the click. Pure: fed with what each look saw. */
export interface Measure {
  refusedMs: number | null;
  deadMs: number | null;
  verifiedMs: number | null;
  observations: Observation[];
}

export const nothingYet = (): Measure => ({ refusedMs: null, deadMs: null, verifiedMs: null, observations: [] });

const MOST = 200;

/** Only what is new is written down: the same seen again says nothing. */
function noted(measure: Measure, atMs: number, what: string, saw: string): Observation[] {
  const last = measure.observations.findLast((one) => one.what === what);
  if (last?.saw === saw || measure.observations.length >= MOST) return measure.observations;
  return [...measure.observations, { atMs, what, saw }];
}

/** A new entry was tried. One that is let in again takes back what was measured: refused means from then on. */
export const sawEntry = (measure: Measure, atMs: number, entered: boolean): Measure => ({
  ...measure,
  refusedMs: entered ? null : (measure.refusedMs ?? atMs),
  observations: noted(measure, atMs, 'new entry', entered ? 'let in' : 'refused'),
});

/** The open session was used. One that lives again was not dead. */
export const sawSession = (measure: Measure, atMs: number, alive: boolean): Measure => ({
  ...measure,
  deadMs: alive ? null : (measure.deadMs ?? atMs),
  observations: noted(measure, atMs, 'open session', alive ? 'still served' : 'dead'),
});

export const sawRevocation = (measure: Measure, atMs: number, state: string, verifiedMs: number | null): Measure => ({
  ...measure,
  verifiedMs,
  observations: noted(measure, atMs, 'revocation', state),
});

const AT_REST = ['verified', 'residual', 'unverifiable'];

/** Is there nothing more to wait for? */
export const complete = (measure: Measure, entry: boolean, state: string): boolean =>
  measure.refusedMs !== null && (!entry || measure.deadMs !== null) && AT_REST.includes(state);

/** What still let the canary in when time was up; empty: nothing did. `dies`: ending it ends the open session. */
export function stillIn(measure: Measure, entry: boolean, dies = entry): string[] {
  const left: string[] = [];
  if (measure.refusedMs === null)
    left.push(entry ? 'a new session was still let in' : 'the system still said it may log in');
  if (dies && measure.deadMs === null) left.push('the session opened before was still served');
  return left;
}
