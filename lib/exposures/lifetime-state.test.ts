// What never forgets stays small: one slice a session, and one for all that have ended.
import { expect, test } from 'vitest';
import { closeHold } from '@/lib/exposures/close';
import { ENDED_SESSIONS, type ExposureState, FOREVER_MS, type Hold } from '@/lib/exposures/model';
import { isCrowded } from '@/lib/exposures/slices-state';
import { advance, growAlone, putSlice, reserveLine, settleAtOnce, total } from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';
import { noWrites } from '@/lib/exposures/writes';

const lifetime = (): ExposureState => plainState({ windowSecs: null });
const id = (n: number): string => `0190aaaa-0000-7000-8000-${String(n).padStart(12, '0')}`;
const who = (n: number) => ({ sessionId: id(n), identityId: 'i', decisionId: null, holdId: null });
const ends = (state: ExposureState) => [...state.slices.values()].map((one) => one.endMs);

test('slices that were parted by the time of a hold are merged, and the session keeps what it had', () => {
  const state = lifetime();
  for (let n = 1; n <= 40; n += 1) putSlice(state, { endMs: n * 15_000, sessionId: id(1), settled: 0n, alone: 10n });
  putSlice(state, { endMs: FOREVER_MS, sessionId: id(1), settled: 300n, alone: 0n });
  state.settled = 300n;
  expect(advance(state, 1_000_000, null)).toEqual([]);
  expect([...state.slices.values()]).toEqual([{ endMs: FOREVER_MS, sessionId: id(1), settled: 300n, alone: 400n }]);
  expect(state.leftSlices).toHaveLength(40);
  expect(state.sums.get(id(1))).toEqual({ settled: 300n, held: 0n, alone: 400n });
});

test('a hold whose slice has been merged gives back what it is not settled with', () => {
  const state = lifetime();
  reserveLine(state, 0, 50n, { ...who(1), holdId: 'h', expiresMs: 900_000 });
  putSlice(state, { endMs: 15_000, sessionId: id(1), settled: 0n, alone: 50n });
  advance(state, 20_000, null);
  const line = { exposureId: 'e', amount: 50n, settled: 0n, attribute: null, sliceMs: 15_000 };
  const hold = { id: 'h', sessionId: id(1), state: 'held', lines: [line] } as unknown as Hold;
  closeHold(hold, 'settle', () => 20n, new Map([['e', state]]), noWrites(30_000));
  expect(state.sums.get(id(1))).toEqual({ settled: 20n, held: 0n, alone: 20n });
  expect(ends(state)).toEqual([FOREVER_MS]);
});

test('of many sessions those that have ended stand together, but for one that still holds', () => {
  const state = lifetime();
  const ended = new Set<string>();
  for (let n = 0; n < 3_000; n += 1) {
    if (isCrowded(state)) advance(state, n, null, ended);
    settleAtOnce(state, n, 1n, who(n));
    growAlone(state, n, null, id(n), 1n);
    if (n === 7) reserveLine(state, n, 5n, { ...who(n), holdId: 'h', expiresMs: 9e9 });
    if (n % 10) ended.add(id(n));
  }
  expect(total(state)).toBe(3_005n);
  // A tenth lives on; the others are one slice, but for those that have come since they were last asked about.
  expect(state.slices.size).toBeLessThan(300 + 500);
  expect(state.sums.get(id(7))).toEqual({ settled: 1n, held: 5n, alone: 1n });
  expect(state.sums.get(id(10))).toEqual({ settled: 1n, held: 0n, alone: 1n });
  expect(state.sums.get(ENDED_SESSIONS)!.settled).toBeGreaterThan(2_000n);
  expect([...state.sums.values()].reduce((sum, one) => sum + one.settled, 0n)).toBe(3_000n);
});

test('what leaves its window, and what counts with live sessions, is not merged', () => {
  for (const more of [
    { windowSecs: 3600 },
    { windowSecs: null, calendar: 'live' },
    { windowSecs: null, kind: 'lease' },
  ]) {
    const state = plainState(more);
    putSlice(state, { endMs: 15_000, sessionId: id(1), settled: 1n, alone: 1n });
    advance(state, 20_000, state.windowSecs);
    expect(ends(state)).toEqual([15_000]);
  }
});
