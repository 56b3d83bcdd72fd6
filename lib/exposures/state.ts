import {
  type Entry,
  type EntryKind,
  type ExposureState,
  FOREVER_MS,
  type Hold,
  SLICES,
  type Slice,
} from '@/lib/exposures/model';

// Arithmetic of an exposure, pure: every function moves the state it is given and returns the ledger entries that say so.

interface Who {
  sessionId: string | null;
  identityId: string | null;
  decisionId: string | null;
  holdId: string | null;
}
const NOBODY: Who = { sessionId: null, identityId: null, decisionId: null, holdId: null };

const sliceKey = (endMs: number, sessionId: string): string => `${endMs}/${sessionId}`;

/** End of the slice `atMs` falls into. */
export function sliceEnd(atMs: number, windowSecs: number | null): number {
  if (windowSecs === null) return FOREVER_MS;
  const width = (windowSecs * 1000) / SLICES;
  return Math.ceil((Math.floor(atMs / width) + 1) * width);
}

export const total = (state: ExposureState): bigint => state.settled + state.held;

export function ownSums(state: ExposureState, sessionId: string): { settled: bigint; held: bigint; alone: bigint } {
  let sums = state.sums.get(sessionId);
  if (!sums) {
    sums = { settled: 0n, held: 0n, alone: 0n };
    state.sums.set(sessionId, sums);
  }
  return sums;
}

/** Puts a slice read from the store, or a new one, into the state and its sums. */
export function putSlice(state: ExposureState, slice: Slice): void {
  state.slices.set(sliceKey(slice.endMs, slice.sessionId), slice);
  const sums = ownSums(state, slice.sessionId);
  sums.settled += slice.settled;
  sums.alone += slice.alone;
}

/** Moves counters, and writes the entry that says so. */
function move(state: ExposureState, kind: EntryKind, atMs: number, settled: bigint, held: bigint, who: Who): Entry {
  state.settled += settled;
  state.held += held;
  state.revision += 1n;
  state.dirty = true;
  return {
    exposureId: state.id,
    revision: state.revision,
    atMs,
    kind,
    settled,
    held,
    settledNow: state.settled,
    heldNow: state.held,
    ...who,
  };
}

function bump(state: ExposureState, endMs: number, sessionId: string, settled: bigint, alone: bigint): void {
  const key = sliceKey(endMs, sessionId);
  const slice = state.slices.get(key) ?? { endMs, sessionId, settled: 0n, alone: 0n };
  slice.settled += settled;
  // A settlement below what was reserved may find the reservation's slice gone: a session's own ledger never goes negative.
  const grown = slice.alone + alone < 0n ? -slice.alone : alone;
  slice.alone += grown;
  state.slices.set(key, slice);
  const sums = ownSums(state, sessionId);
  sums.settled += settled;
  sums.alone += grown;
  state.dirtySlices.add(key);
  state.dirty = true;
}

/**
 * Drops what has left the window at `nowMs`. `spanSecs` is the window, or for holds the time a per-session control would
 * have held them. Each slice leaves at its own instant, so the ledger tells the value at any moment.
 */
export function advance(state: ExposureState, nowMs: number, spanSecs: number | null): Entry[] {
  if (spanSecs === null) return [];
  const left = [...state.slices.values()].filter((slice) => slice.endMs + spanSecs * 1000 <= nowMs);
  left.sort((a, b) => a.endMs - b.endMs || (a.sessionId < b.sessionId ? -1 : 1));
  const entries: Entry[] = [];
  for (const slice of left) {
    const key = sliceKey(slice.endMs, slice.sessionId);
    state.slices.delete(key);
    state.dirtySlices.delete(key);
    state.leftSlices.push(slice);
    state.dirty = true;
    const sums = ownSums(state, slice.sessionId);
    sums.settled -= slice.settled;
    sums.alone -= slice.alone;
    if (slice.settled === 0n) continue;
    const who = {
      ...NOBODY,
      sessionId: slice.sessionId,
      identityId: state.names.get(slice.sessionId)?.identityId ?? null,
    };
    entries.push(move(state, 'leave', slice.endMs + spanSecs * 1000, -slice.settled, 0n, who));
  }
  return entries;
}

/** Counts an allowed amount at once. */
export function settleAtOnce(
  state: ExposureState,
  atMs: number,
  amount: bigint,
  who: Who & { sessionId: string },
): Entry {
  bump(state, sliceEnd(atMs, state.windowSecs), who.sessionId, amount, 0n);
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
  const slice = state.slices.get(sliceKey(sliceEnd(countedMs, state.windowSecs), who.sessionId));
  if (!slice || slice.settled < amount) return [];
  bump(state, slice.endMs, who.sessionId, -amount, -amount);
  return [move(state, 'release', atMs, -amount, 0n, who)];
}

/** Holds an allowed amount until it is settled, released or expires. */
export function reserveLine(
  state: ExposureState,
  atMs: number,
  amount: bigint,
  who: Who & { sessionId: string; holdId: string; expiresMs: number },
): Entry {
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
  bump(state, sliceEnd(atMs, spanSecs), sessionId, 0n, amount);
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
  state.lines.delete(hold.id);
  ownSums(state, line.sessionId).held -= line.amount;
  const counts = state.kind === 'sum' || state.kind === 'count';
  const actual = counts ? closing.actual : 0n;
  const within = actual < line.amount ? actual : line.amount;
  const who = { sessionId: line.sessionId, identityId: hold.identityId, decisionId: hold.decisionId, holdId: hold.id };
  if (actual > 0n) bump(state, sliceEnd(atMs, state.windowSecs), line.sessionId, actual, 0n);
  const entries = [move(state, closing.kind, atMs, within, -line.amount, who)];
  if (actual > within) entries.push(move(state, 'overrun', atMs, actual - within, 0n, who));
  const spanSecs = counts ? state.windowSecs : Math.round((hold.expiresMs - hold.createdMs) / 1000);
  const reserved = sliceKey(sliceEnd(hold.createdMs, spanSecs), line.sessionId);
  const slice = state.slices.get(reserved);
  if (slice && slice.alone > 0n) bump(state, slice.endMs, line.sessionId, 0n, actual - line.amount);
  return entries;
}
