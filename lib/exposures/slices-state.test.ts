// Where slices stand, when they leave and in which order, and what is given back: by hand, beside the properties.
import { describe, expect, test } from 'vitest';
import { ownSums } from '@/lib/exposures/counters-state';
import { FOREVER_MS, type Hold, MAX_OPEN, type Slice } from '@/lib/exposures/model';
import {
  advance,
  closeEnded,
  closeLine,
  giveBack,
  growAlone,
  putOpen,
  putSlice,
  reserveLine,
  settleAtOnce,
  total,
} from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';
import { LIVE, sliceEnd } from '@/lib/exposures/window-state';

const WINDOW = 3600;
const MINUTE = 60_000;
const who = (sessionId: string) => ({ sessionId, identityId: 'i', decisionId: 'd', holdId: null });
const slice = (endMs: number, sessionId: string, settled = 1n, alone = 0n): Slice => ({
  endMs,
  sessionId,
  settled,
  alone,
});

describe('what is read from the store', () => {
  test('counts for its session, and stands where it was read', () => {
    const state = plainState();
    putSlice(state, slice(MINUTE, 'a', 5n, 7n));
    putOpen(state, slice(2 * MINUTE, 'a', 2n, 1n));
    putOpen(state, slice(2 * MINUTE, 'b', 3n, 0n));
    expect(ownSums(state, 'a')).toEqual({ settled: 7n, held: 0n, alone: 8n });
    expect(ownSums(state, 'b')).toEqual({ settled: 3n, held: 0n, alone: 0n });
    expect([...state.slices.keys()]).toEqual(['60000/a', '120000/a', '120000/b']);
    expect([...state.open.keys()]).toEqual(['120000/a', '120000/b']);
    expect([state.dirty, state.dirtySlices.size]).toEqual([false, 0]);
  });
});

describe('the row of an exposure', () => {
  test('keeps what still grows: what has ended moves out before it is written', () => {
    const state = plainState();
    settleAtOnce(state, 1, 1n, who('a'));
    settleAtOnce(state, 2, 1n, who('b'));
    state.dirtySlices.clear();
    closeEnded(state);
    expect([state.open.size, state.dirtySlices.size]).toEqual([2, 0]);
    settleAtOnce(state, MINUTE, 1n, who('a'));
    state.dirtySlices.clear();
    closeEnded(state);
    expect([...state.open.keys()]).toEqual(['120000/a']);
    expect([...state.dirtySlices].sort()).toEqual(['60000/a', '60000/b']);
    expect(state.slices.size).toBe(3);
  });

  test('takes so many sessions in one slice, then what stands there moves out', () => {
    const state = plainState();
    for (let i = 0; i < MAX_OPEN; i++) settleAtOnce(state, 1, 1n, who(`s${i}`));
    expect(state.open.size).toBe(MAX_OPEN);
    settleAtOnce(state, 2, 1n, who('s0'));
    expect(state.open.size).toBe(MAX_OPEN);
    state.dirtySlices.clear();
    settleAtOnce(state, 2, 1n, who('one more'));
    expect([...state.open.keys()]).toEqual(['60000/one more']);
    expect([state.slices.size, state.dirtySlices.size]).toEqual([MAX_OPEN + 1, MAX_OPEN + 1]);
    expect(state.settled).toBe(BigInt(MAX_OPEN + 2));
  });
});

describe('a slice leaves', () => {
  test('at its own instant, not a millisecond before, the older first and then by session', () => {
    const state = plainState();
    const earlier = sliceEnd(1, WINDOW);
    for (const [at, session] of [
      [MINUTE + 1, 'b'],
      [MINUTE + 1, 'a'],
      [1, 'c'],
      [MINUTE + 1, 'c'],
    ] as const)
      settleAtOnce(state, at, 4n, who(session));
    state.names.set('c', { identityId: 'of c', label: 'c' });
    expect(advance(state, earlier + WINDOW * 1000 - 1, WINDOW)).toEqual([]);
    const [first, ...none] = advance(state, earlier + WINDOW * 1000, WINDOW);
    expect(none).toEqual([]);
    expect(first).toMatchObject({
      kind: 'leave',
      atMs: earlier + WINDOW * 1000,
      settled: -4n,
      held: 0n,
      settledNow: 12n,
      sessionId: 'c',
      identityId: 'of c',
      decisionId: null,
      holdId: null,
    });
    const rest = advance(state, 10 ** 10, WINDOW);
    expect(rest.map((one) => [one.sessionId, one.atMs - earlier, one.identityId])).toEqual([
      ['a', MINUTE + WINDOW * 1000, null],
      ['b', MINUTE + WINDOW * 1000, null],
      ['c', MINUTE + WINDOW * 1000, 'of c'],
    ]);
    expect([state.settled, state.slices.size, state.sums.size, state.names.size]).toEqual([0n, 0, 0, 0]);
  });

  test('and its row with it, where it has one; one that never counted together says nothing', () => {
    const state = plainState();
    putSlice(state, slice(MINUTE, 'a'));
    state.settled = 1n;
    growAlone(state, 1, WINDOW, 'b', 9n);
    expect(state.dirtySlices.has('60000/b')).toBe(true);
    state.dirty = false;
    expect(advance(state, MINUTE + WINDOW * 1000, WINDOW)).toHaveLength(1);
    expect(state.leftSlices).toEqual([slice(MINUTE, 'a')]);
    expect([state.dirty, state.dirtySlices.size, state.open.size, state.sums.size]).toEqual([true, 0, 0, 0]);
  });

  test('with its session where live sessions are counted over, and never by time', () => {
    const state = plainState({ windowSecs: null, calendar: LIVE });
    for (const session of ['b', 'c', 'a']) settleAtOnce(state, 5, 2n, who(session));
    expect([...state.slices.keys()]).toEqual([`${FOREVER_MS}/b`, `${FOREVER_MS}/c`, `${FOREVER_MS}/a`]);
    expect(advance(state, 10 ** 14, 0)).toEqual([]);
    expect(advance(state, 9, null, new Set(['x']))).toEqual([]);
    const left = advance(state, 9, null, new Set(['b', 'a']));
    expect(left.map((one) => [one.kind, one.sessionId, one.atMs, one.settled])).toEqual([
      ['leave', 'a', 9, -2n],
      ['leave', 'b', 9, -2n],
    ]);
    expect([state.settled, [...state.sums.keys()]]).toEqual([2n, ['c']]);
  });

  test('never, where nothing is forgotten by time', () => {
    const state = plainState({ windowSecs: null });
    settleAtOnce(state, 5, 2n, who('a'));
    expect(advance(state, 10 ** 15, null, new Set(['a']))).toEqual([]);
    expect([total(state), state.slices.size]).toEqual([2n, 1]);
  });
});

describe('what was counted is given back', () => {
  test('whole, from the slice it was counted in, together and alone', () => {
    const state = plainState();
    settleAtOnce(state, 1, 10n, who('a'));
    growAlone(state, 1, WINDOW, 'a', 10n);
    settleAtOnce(state, MINUTE, 4n, who('a'));
    growAlone(state, MINUTE, WINDOW, 'a', 4n);
    expect(giveBack(state, MINUTE + 5, 1, 7n, who('a'))).toMatchObject([
      { kind: 'release', atMs: MINUTE + 5, settled: -7n, held: 0n, settledNow: 7n, sessionId: 'a' },
    ]);
    expect(ownSums(state, 'a')).toEqual({ settled: 7n, held: 0n, alone: 7n });
    expect(state.slices.get('60000/a')).toEqual(slice(MINUTE, 'a', 3n, 3n));
    expect(state.slices.get('120000/a')).toEqual(slice(2 * MINUTE, 'a', 4n, 4n));
    expect(giveBack(state, MINUTE + 6, 1, 3n, who('a'))).toHaveLength(1);
  });

  test('not where it counts no more, nor more than is there, nor for another session', () => {
    const state = plainState();
    settleAtOnce(state, 1, 10n, who('a'));
    expect(giveBack(state, 2, 1, 11n, who('a'))).toEqual([]);
    expect(giveBack(state, 2, 1, 10n, who('b'))).toEqual([]);
    expect(giveBack(state, 2, MINUTE, 10n, who('a'))).toEqual([]);
    expect([state.settled, ownSums(state, 'a').settled]).toEqual([10n, 10n]);
    expect(giveBack(state, 2, 1, 10n, who('a'))).toHaveLength(1);
    expect([state.settled, state.sums.has('a')]).toEqual([0n, false]);
  });

  test('and a session is remembered as long as anything of it is there', () => {
    const state = plainState();
    const kept = (session: string, more: () => void) => {
      settleAtOnce(state, 1, 1n, who(session));
      state.names.set(session, { identityId: 'i', label: session });
      more();
      giveBack(state, 2, 1, 1n, who(session));
      return [state.sums.has(session), state.names.has(session)];
    };
    expect(kept('idle', () => {})).toEqual([false, false]);
    expect(kept('settled', () => void settleAtOnce(state, MINUTE, 1n, who('settled')))).toEqual([true, true]);
    expect(kept('alone', () => growAlone(state, 1, WINDOW, 'alone', 2n))).toEqual([true, true]);
    const holds = { ...who('holds'), holdId: 'h', expiresMs: 9 };
    expect(kept('holds', () => void reserveLine(state, 1, 1n, holds))).toEqual([true, true]);
  });
});

describe('a hold ends', () => {
  const holdOf = (amount: bigint, sliceMs: number | null): Hold => ({
    id: 'h',
    decisionId: 'd',
    identityId: 'of the hold',
    sessionId: 'a',
    tokenId: null,
    kind: 'hold',
    state: 'held',
    onExpiry: 'release',
    createdMs: 1,
    expiresMs: 900_000,
    lines: [
      { exposureId: 'another', amount, settled: 0n, attribute: null, sliceMs: 3 * MINUTE },
      { exposureId: 'e', amount, settled: 0n, attribute: null, sliceMs },
    ],
  });
  const held = (amount: bigint, alone: boolean, kind = 'sum') => {
    const state = plainState({ kind });
    reserveLine(state, 1, amount, { ...who('a'), holdId: 'h', expiresMs: 900_000 });
    if (alone) growAlone(state, 1, WINDOW, 'a', amount);
    return { state, hold: holdOf(amount, alone ? MINUTE : null) };
  };

  test('what it reserved is a line of it, and counts as held until then', () => {
    const { state } = held(10n, false);
    expect(state.lines.get('h')).toEqual({ holdId: 'h', sessionId: 'a', amount: 10n, expiresMs: 900_000 });
    expect([state.held, total(state), ownSums(state, 'a').held]).toEqual([10n, 10n, 10n]);
  });

  test('its own ledger moves from the slice it grew in to the one it is settled in', () => {
    const { state, hold } = held(10n, true);
    expect(closeLine(state, 2 * MINUTE, hold, { kind: 'settle', actual: 6n })).toMatchObject([
      {
        kind: 'settle',
        settled: 6n,
        held: -10n,
        sessionId: 'a',
        identityId: 'of the hold',
        decisionId: 'd',
        holdId: 'h',
      },
    ]);
    expect(state.slices.get('60000/a')).toEqual(slice(MINUTE, 'a', 0n, 0n));
    expect(state.slices.get('180000/a')).toEqual(slice(3 * MINUTE, 'a', 6n, 6n));
    expect(ownSums(state, 'a')).toEqual({ settled: 6n, held: 0n, alone: 6n });
  });

  test('what a per-session control would not have granted stays out of its own ledger', () => {
    const { state, hold } = held(10n, false);
    closeLine(state, 2, hold, { kind: 'settle', actual: 6n });
    expect(ownSums(state, 'a')).toEqual({ settled: 6n, held: 0n, alone: 0n });
  });

  test('settled exactly it is one entry; given back it leaves nothing behind', () => {
    const exact = held(10n, true);
    expect(closeLine(exact.state, 2, exact.hold, { kind: 'settle', actual: 10n })).toHaveLength(1);
    const back = held(10n, true);
    expect(closeLine(back.state, 2, back.hold, { kind: 'release', actual: 0n })).toMatchObject([
      { kind: 'release', settled: 0n, held: -10n, settledNow: 0n, heldNow: 0n },
    ]);
    expect([back.state.lines.size, back.state.sums.size]).toEqual([0, 0]);
    expect([...back.state.slices.keys()]).toEqual(['60000/a']);
    const never = held(10n, false);
    closeLine(never.state, 2, never.hold, { kind: 'release', actual: 0n });
    expect(never.state.slices.size).toBe(0);
  });

  test('a slice of its own ledger that has left is not brought back', () => {
    const { state, hold } = held(10n, true);
    advance(state, 2 * WINDOW * 1000, WINDOW);
    closeLine(state, 2 * WINDOW * 1000, hold, { kind: 'expire', actual: 0n });
    expect([state.slices.size, state.sums.size]).toEqual([0, 0]);
  });

  test('sums and counts settle what came of them; a lease only ends', () => {
    const settledBy = (kind: string) => {
      const { state, hold } = held(10n, false, kind);
      const entries = closeLine(state, 2, hold, { kind: 'settle', actual: 4n });
      return [state.settled, entries[0]!.settled, state.slices.size];
    };
    expect([settledBy('sum'), settledBy('count'), settledBy('lease'), settledBy('pending')]).toEqual([
      [4n, 4n, 1],
      [4n, 4n, 1],
      [0n, 0n, 0],
      [0n, 0n, 0],
    ]);
  });

  test('its own ledger does not go below zero where less is there than was granted', () => {
    const { state, hold } = held(10n, true);
    giveBack(state, 2, 1, 0n, who('a'));
    state.slices.get('60000/a')!.alone = 4n;
    ownSums(state, 'a').alone = 4n;
    closeLine(state, 3, hold, { kind: 'release', actual: 0n });
    expect([state.slices.get('60000/a')!.alone, state.sums.size]).toEqual([0n, 0]);
  });
});
