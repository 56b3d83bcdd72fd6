// What never forgets keeps one share a session; what is put back or taken out of slices stays in its session's sums.
import { describe, expect, test } from 'vitest';
import { ownSums } from '@/lib/exposures/counters-state';
import { ENDED_SESSIONS, FOREVER_MS } from '@/lib/exposures/model';
import { advance, clearSettled, growAlone, isCrowded, putBack, reserveLine, settleAtOnce } from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';

const who = (sessionId: string) => ({ sessionId, identityId: 'i', decisionId: 'd', holdId: null });
const lifetime = (sessions: number) => {
  const state = plainState({ windowSecs: null });
  for (let i = 0; i < sessions; i++) {
    settleAtOnce(state, 1, 2n, who(`s${i}`));
    growAlone(state, 1, null, `s${i}`, 1n);
  }
  return state;
};

describe('an exposure that never forgets', () => {
  test('is crowded from five hundred shares on, and only where it counts amounts or requests without an end', () => {
    expect([isCrowded(lifetime(499)), isCrowded(lifetime(500))]).toEqual([false, true]);
    const full = lifetime(500);
    expect(isCrowded({ ...full, kind: 'count' })).toBe(true);
    expect(isCrowded({ ...full, kind: 'lease' })).toBe(false);
    expect(isCrowded({ ...full, windowSecs: 60 })).toBe(false);
    expect(isCrowded({ ...full, calendar: 'live' })).toBe(false);
    expect(isCrowded({ ...full, crowdedAt: 501 })).toBe(false);
    expect(isCrowded({ ...full, crowdedAt: 500 })).toBe(true);
  });

  test('puts the shares of sessions that ended together once it is crowded, and counts the same', () => {
    const state = lifetime(500);
    reserveLine(state, 1, 5n, { ...who('s2'), holdId: 'h', expiresMs: 9 });
    expect(advance(state, 2, null, new Set(['s0', 's1', 's2']))).toEqual([]);
    expect(state.settled).toBe(1000n);
    expect(state.slices.get(`${FOREVER_MS}/${ENDED_SESSIONS}`)).toEqual({
      endMs: FOREVER_MS,
      sessionId: ENDED_SESSIONS,
      settled: 4n,
      alone: 0n,
    });
    // One that still holds something is not over.
    expect([state.sums.has('s0'), state.sums.has('s1'), state.sums.has('s2'), state.slices.size]).toEqual([
      false,
      false,
      true,
      499,
    ]);
    expect(ownSums(state, ENDED_SESSIONS)).toEqual({ settled: 4n, held: 0n, alone: 0n });
    expect([state.crowdedAt, isCrowded(state)]).toEqual([599, false]);
    advance(state, 3, null, new Set(['s3']));
    expect(state.sums.has('s3')).toBe(true);
  });

  test('is not asked about at every decision: again at a fifth more, or at five hundred', () => {
    const few = lifetime(3);
    advance(few, 2, null, new Set(['s0']));
    expect([few.crowdedAt, few.sums.has('s0')]).toEqual([500, true]);
    const crowded = lifetime(500);
    advance(crowded, 2, null);
    expect([crowded.crowdedAt, isCrowded(crowded)]).toEqual([500, true]);
    const nobody = lifetime(520);
    advance(nobody, 2, null, new Set());
    expect(nobody.crowdedAt).toBe(620);
    const most = lifetime(520);
    advance(most, 2, null, new Set(Array.from({ length: 519 }, (_, i) => `s${i}`)));
    expect([most.crowdedAt, most.slices.size, most.settled]).toEqual([500, 2, 1040n]);
  });

  test('brings what an earlier window left in slices into one share a session', () => {
    const state = plainState({ windowSecs: 3600 });
    settleAtOnce(state, 1, 2n, who('a'));
    settleAtOnce(state, 100_000, 3n, who('a'));
    growAlone(state, 1, 3600, 'a', 1n);
    const stored = [...state.slices.values()][0]!;
    state.open.delete('60000/a');
    state.windowSecs = null;
    advance(state, 200_000, null);
    expect([...state.slices.values()]).toEqual([{ endMs: FOREVER_MS, sessionId: 'a', settled: 5n, alone: 1n }]);
    expect([...state.open.keys()]).toEqual([`${FOREVER_MS}/a`]);
    expect(ownSums(state, 'a')).toEqual({ settled: 5n, held: 0n, alone: 1n });
    expect(state.leftSlices).toEqual([stored]);
    expect([...state.dirtySlices]).toEqual([`${FOREVER_MS}/a`]);
    expect(state.settled).toBe(5n);
  });
});

describe('slices', () => {
  test('take back what is known to have been counted, together and alone', () => {
    const state = plainState();
    putBack(state, 60_000, 'a', { settled: 4n, alone: 3n });
    expect(state.slices.get('60000/a')).toEqual({ endMs: 60_000, sessionId: 'a', settled: 4n, alone: 3n });
    expect(ownSums(state, 'a')).toEqual({ settled: 4n, held: 0n, alone: 3n });
    expect([state.dirty, [...state.dirtySlices]]).toEqual([true, ['60000/a']]);
  });

  test('let go of what one session settled, not of its own ledger, nor of others', () => {
    const state = plainState();
    putBack(state, 60_000, 'a', { settled: 4n, alone: 3n });
    putBack(state, 120_000, 'a', { settled: 0n, alone: 2n });
    putBack(state, 60_000, 'b', { settled: 5n, alone: 5n });
    state.dirtySlices.clear();
    clearSettled(state, 'a');
    expect([...state.slices.values()].map((one) => [one.sessionId, one.settled, one.alone])).toEqual([
      ['a', 0n, 3n],
      ['a', 0n, 2n],
      ['b', 5n, 5n],
    ]);
    expect([ownSums(state, 'a'), ownSums(state, 'b').settled]).toEqual([{ settled: 0n, held: 0n, alone: 5n }, 5n]);
    expect([...state.dirtySlices]).toEqual(['60000/a']);
  });
});
