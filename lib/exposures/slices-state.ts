import { ownSums } from '@/lib/exposures/counters-state';
import { ENDED_SESSIONS, type ExposureState, FOREVER_MS, MAX_OPEN, type Slice } from '@/lib/exposures/model';
import { LIVE } from '@/lib/exposures/window-state';

// The slices of an exposure: where they stand, how they grow, and how those that never leave stay few. Pure.

export const sliceKey = (endMs: number, sessionId: string): string => `${endMs}/${sessionId}`;

/** A session that has nothing here any more is not kept: else every session that ever came by would be. */
export function forgetIdle(state: ExposureState, sessionId: string): void {
  const sums = state.sums.get(sessionId);
  if (!sums) return;
  if (sums.settled !== 0n || sums.held !== 0n || sums.alone !== 0n) return;
  state.sums.delete(sessionId);
  state.names.delete(sessionId);
}

/** A new slice stands in the exposure's row. Where that is full, what stands there moves out. */
function openSlice(state: ExposureState, key: string, slice: Slice): Slice {
  if (state.open.size >= MAX_OPEN) closeSlices(state, () => true);
  state.slices.set(key, slice);
  state.open.set(key, slice);
  return slice;
}

/** Moves slices out of the exposure's row into rows of their own. */
export function closeSlices(state: ExposureState, which: (slice: Slice) => boolean): void {
  for (const [key, slice] of state.open) {
    if (!which(slice)) continue;
    state.open.delete(key);
    state.dirtySlices.add(key);
  }
}

export function bump(state: ExposureState, endMs: number, sessionId: string, settled: bigint, alone: bigint): void {
  const key = sliceKey(endMs, sessionId);
  const slice = state.slices.get(key) ?? openSlice(state, key, { endMs, sessionId, settled: 0n, alone: 0n });
  slice.settled += settled;
  // A settlement below what was reserved may find the reservation's slice gone: a session's own ledger never goes negative.
  const grown = slice.alone + alone < 0n ? -slice.alone : alone;
  slice.alone += grown;
  const sums = ownSums(state, sessionId);
  sums.settled += settled;
  sums.alone += grown;
  state.dirtySlices.add(key);
  state.dirty = true;
}

/** Nobody was asked about. */
export const NOBODY_ENDED: ReadonlySet<string> = new Set();

export const forgetsNothing = ({ kind, windowSecs, calendar }: ExposureState): boolean =>
  (kind === 'sum' || kind === 'count') && windowSecs === null && calendar !== LIVE;

/** Of an exposure that never forgets: so many shares of sessions that it is asked which of them have ended. */
export const isCrowded = (state: ExposureState): boolean =>
  forgetsNothing(state) && state.slices.size >= (state.crowdedAt ?? MAX_SHARES);

const MAX_SHARES = 500;

/** What never leaves needs one slice a session, and one for all that have ended: else it would grow with everything that was ever asked. */
export function mergeSlices(state: ExposureState, ended: ReadonlySet<string>): void {
  const crowded = isCrowded(state);
  if (state.crowdedAt !== undefined && !crowded) return;
  for (const [key, slice] of state.slices) {
    const over = crowded && ended.has(slice.sessionId) && (state.sums.get(slice.sessionId)?.held ?? 0n) === 0n;
    if (slice.endMs === FOREVER_MS && !over) continue;
    state.slices.delete(key);
    state.dirtySlices.delete(key);
    if (!state.open.delete(key)) state.leftSlices.push(slice);
    const sums = ownSums(state, slice.sessionId);
    sums.settled -= slice.settled;
    sums.alone -= slice.alone;
    if (over) {
      forgetIdle(state, slice.sessionId);
      bump(state, FOREVER_MS, ENDED_SESSIONS, slice.settled, 0n);
    } else bump(state, FOREVER_MS, slice.sessionId, slice.settled, slice.alone);
  }
  // Those that live on are not asked about again for each decision.
  const asked = crowded && ended !== NOBODY_ENDED;
  state.crowdedAt = asked ? Math.max(MAX_SHARES, state.slices.size + MAX_SHARES / 5) : MAX_SHARES;
}
