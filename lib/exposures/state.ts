import { move, ownSums, type Who } from '@/lib/exposures/counters-state';
import { advanceMembers } from '@/lib/exposures/members-state';
import {
  type Entry,
  type ExposureState,
  FOREVER_MS,
  type Hold,
  type OpenLine,
  type Slice,
} from '@/lib/exposures/model';
import {
  bump,
  closeSlices,
  forgetIdle,
  forgetsNothing,
  mergeSlices,
  NOBODY_ENDED,
  sliceKey,
} from '@/lib/exposures/slices-state';
import { LIVE, sliceEnd } from '@/lib/exposures/window-state';

export { ownSums } from '@/lib/exposures/counters-state';
export { isCrowded } from '@/lib/exposures/slices-state';
export { sliceEnd } from '@/lib/exposures/window-state';

// Arithmetic of an exposure, pure: every function moves the state it is given and returns the ledger entries that say so.

const NOBODY: Who = { sessionId: null, identityId: null, decisionId: null, holdId: null };

export const total = (state: ExposureState): bigint => state.settled + state.held;

/** Puts a slice read from the store into the state and its sums. */
export function putSlice(state: ExposureState, slice: Slice): void {
  state.slices.set(sliceKey(slice.endMs, slice.sessionId), slice);
  const sums = ownSums(state, slice.sessionId);
  sums.settled += slice.settled;
  sums.alone += slice.alone;
}

/** One that stands in the exposure's own row. */
export function putOpen(state: ExposureState, slice: Slice): void {
  putSlice(state, slice);
  state.open.set(sliceKey(slice.endMs, slice.sessionId), slice);
}

/** Before a state is written: slices that have ended grow no more, and leave the row that is written with every decision. */
export function closeEnded(state: ExposureState): void {
  let newestMs = 0;
  for (const { endMs } of state.open.values()) if (endMs > newestMs) newestMs = endMs;
  closeSlices(state, ({ endMs }) => endMs < newestMs);
}

/** Whether more is to be written of it than its counters and what stands open in its row. After `closeEnded`. */
export function movesAside(state: ExposureState): boolean {
  if (state.noted || state.relined || state.leftSlices.length || state.members?.dirty.size) return true;
  for (const key of state.dirtySlices) if (!state.open.has(key)) return true;
  return false;
}

/** Brings an earlier copy up to what its row says: for a copy whose `aside` is the row's. */
export function bringUp(
  state: ExposureState,
  row: Pick<ExposureState, 'settled' | 'held' | 'revision' | 'version'> & { updatedMs: number; open: Slice[] },
): void {
  for (const [key, slice] of state.open) {
    state.slices.delete(key);
    const sums = ownSums(state, slice.sessionId);
    sums.settled -= slice.settled;
    sums.alone -= slice.alone;
  }
  const before = [...state.open.values()];
  state.open.clear();
  for (const slice of row.open) putOpen(state, slice);
  for (const { sessionId } of before) forgetIdle(state, sessionId);
  state.settled = row.settled;
  state.held = row.held;
  state.revision = row.revision;
  state.version = row.version;
  state.updatedMs = row.updatedMs;
}

/** Counts in a slice of the window what is known to have been counted, and in the session's own ledger what of it is back. */
export const putBack = (
  state: ExposureState,
  endMs: number,
  sessionId: string,
  { settled, alone }: { settled: bigint; alone: bigint },
): void => bump(state, endMs, sessionId, settled, alone);

/** Takes what a session has settled out of its slices, to be put into others. Its own ledger stays. */
export function clearSettled(state: ExposureState, sessionId: string): void {
  for (const slice of state.slices.values())
    if (slice.sessionId === sessionId && slice.settled !== 0n) bump(state, slice.endMs, sessionId, -slice.settled, 0n);
}

/**
 * Drops what has left the window at `nowMs`. `spanSecs` is the window, or for holds the time a per-session control would
 * have held them. Each slice leaves at its own instant, so the ledger tells the value at any moment. What is counted over
 * live sessions leaves when it is found that they have `ended`.
 */
export function advance(
  state: ExposureState,
  nowMs: number,
  spanSecs: number | null,
  ended: ReadonlySet<string> = NOBODY_ENDED,
): Entry[] {
  if (state.calendar === LIVE) return ended.size ? leaveWith(state, nowMs, ended) : [];
  if (spanSecs === null) {
    if (forgetsNothing(state)) mergeSlices(state, ended);
    return [];
  }
  if (state.members) return advanceMembers(state, nowMs, spanSecs, ended);
  const left = endedBy(state, nowMs - spanSecs * 1000);
  if (!left.length) return NOTHING;
  left.sort((a, b) => a.endMs - b.endMs || (a.sessionId < b.sessionId ? -1 : 1));
  return left.flatMap((slice) => drop(state, slice, slice.endMs + spanSecs * 1000));
}

const NOTHING: Entry[] = [];

function endedBy(state: ExposureState, atMs: number): Slice[] {
  const ended: Slice[] = [];
  for (const slice of state.slices.values()) if (slice.endMs <= atMs) ended.push(slice);
  return ended;
}

function leaveWith(state: ExposureState, nowMs: number, ended: ReadonlySet<string>): Entry[] {
  if (state.members) return advanceMembers(state, nowMs, null, ended);
  const left = [...state.slices.values()].filter((slice) => ended.has(slice.sessionId));
  left.sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1));
  return left.flatMap((slice) => drop(state, slice, nowMs));
}

function drop(state: ExposureState, slice: Slice, atMs: number): Entry[] {
  const key = sliceKey(slice.endMs, slice.sessionId);
  state.slices.delete(key);
  state.dirtySlices.delete(key);
  if (!state.open.delete(key)) state.leftSlices.push(slice);
  state.dirty = true;
  const sums = ownSums(state, slice.sessionId);
  sums.settled -= slice.settled;
  sums.alone -= slice.alone;
  const identityId = state.names.get(slice.sessionId)?.identityId ?? null;
  forgetIdle(state, slice.sessionId);
  if (slice.settled === 0n) return [];
  const who = { ...NOBODY, sessionId: slice.sessionId, identityId };
  return [move(state, 'leave', atMs, -slice.settled, 0n, who)];
}

/** Counts an allowed amount at once. */
export function settleAtOnce(
  state: ExposureState,
  atMs: number,
  amount: bigint,
  who: Who & { sessionId: string },
): Entry {
  bump(state, sliceEnd(atMs, state.windowSecs, state.calendar), who.sessionId, amount, 0n);
  return move(state, 'settle', atMs, amount, 0n, who);
}

/** Gives back what was counted at `countedMs`. Nothing where its slice has left the window: then it counts no more anyway. */
export function giveBack(
  state: ExposureState,
  atMs: number,
  countedMs: number,
  amount: bigint,
  who: Who & { sessionId: string },
): Entry[] {
  const slice = state.slices.get(sliceKey(sliceEnd(countedMs, state.windowSecs, state.calendar), who.sessionId));
  if (!slice || slice.settled < amount) return [];
  bump(state, slice.endMs, who.sessionId, -amount, -amount);
  forgetIdle(state, who.sessionId);
  return [move(state, 'release', atMs, -amount, 0n, who)];
}

/** Holds an allowed amount until it is settled, released or expires. */
export function reserveLine(
  state: ExposureState,
  atMs: number,
  amount: bigint,
  who: Who & { sessionId: string; holdId: string; expiresMs: number },
): Entry {
  state.relined = true;
  state.lines.set(who.holdId, { holdId: who.holdId, sessionId: who.sessionId, amount, expiresMs: who.expiresMs });
  ownSums(state, who.sessionId).held += amount;
  return move(state, 'reserve', atMs, 0n, amount, who);
}

/** What a per-session control would have granted this session, granted here or not. */
export function growAlone(
  state: ExposureState,
  atMs: number,
  spanSecs: number | null,
  sessionId: string,
  amount: bigint,
): void {
  bump(state, sliceEnd(atMs, spanSecs, state.calendar), sessionId, 0n, amount);
}

/** How a hold's line ends: settled with an actual amount, or given back. */
export interface Closing {
  kind: 'settle' | 'release' | 'expire';
  /** Minor units; 0 when given back. More than was held is an overrun. */
  actual: bigint;
}

/** Closes one line of a hold. A lease or an approval settles nothing: it only ends. Unknown lines change nothing. */
export function closeLine(state: ExposureState, atMs: number, hold: Hold, closing: Closing): Entry[] {
  const line = state.lines.get(hold.id);
  if (!line) return [];
  state.relined = true;
  state.lines.delete(hold.id);
  ownSums(state, line.sessionId).held -= line.amount;
  const counts = state.kind === 'sum' || state.kind === 'count';
  const actual = counts ? closing.actual : 0n;
  const within = actual < line.amount ? actual : line.amount;
  const who = { sessionId: line.sessionId, identityId: hold.identityId, decisionId: hold.decisionId, holdId: hold.id };
  if (actual > 0n) bump(state, sliceEnd(atMs, state.windowSecs, state.calendar), line.sessionId, actual, 0n);
  const entries = [move(state, closing.kind, atMs, within, -line.amount, who)];
  if (actual > within) entries.push(move(state, 'overrun', atMs, actual - within, 0n, who));
  shrinkAlone(state, atMs, hold, line, actual);
  forgetIdle(state, line.sessionId);
  return entries;
}

/** The session's own ledger follows: what it was granted for leaves the slice it grew in, what became of it counts now. */
function shrinkAlone(state: ExposureState, atMs: number, hold: Hold, line: OpenLine, actual: bigint): void {
  const grownMs = hold.lines.find((one) => one.exposureId === state.id)?.sliceMs ?? null;
  if (grownMs === null) return;
  const slice =
    state.slices.get(sliceKey(grownMs, line.sessionId)) ??
    (forgetsNothing(state) ? state.slices.get(sliceKey(FOREVER_MS, line.sessionId)) : undefined);
  if (slice) bump(state, slice.endMs, line.sessionId, 0n, -line.amount);
  if (actual > 0n) bump(state, sliceEnd(atMs, state.windowSecs, state.calendar), line.sessionId, 0n, actual);
}
