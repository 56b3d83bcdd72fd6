import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  counts,
  countsAlone,
  giveBackValue,
  growValue,
  noMembers,
  putUse,
  settleValue,
} from '@/lib/exposures/members-state';
import type { Entry, ExposureState } from '@/lib/exposures/model';
import { advance } from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';

const WINDOW = 3600;
const WIDTH = (WINDOW * 1000) / 60;

const fresh = (windowSecs: number | null, calendar: string | null): ExposureState =>
  plainState({ kind: 'distinct', scope: 'identity.id', unit: null, scale: 0, windowSecs, calendar });
const who = (sessionId: string) => ({ sessionId, identityId: 'i', decisionId: 'd', holdId: null });

interface Step {
  gap: number;
  member: number;
  session: number;
  allowed: boolean;
}
const step: fc.Arbitrary<Step> = fc.record({
  gap: fc.integer({ min: 0, max: 1_500_000 }),
  member: fc.integer({ min: 0, max: 5 }),
  session: fc.integer({ min: 0, max: 2 }),
  allowed: fc.boolean(),
});

const spread = (steps: { at: number; member: string }[], since: number): number =>
  new Set(steps.filter((one) => one.at > since).map((one) => one.member)).size;

test('values told apart in a window are never too few, and too many by one slice at most', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const state = fresh(WINDOW, null);
      const entries: Entry[] = [];
      const used: { at: number; member: string; session: string }[] = [];
      const alone: typeof used = [];
      let now = 10_000_000;
      for (const one of steps) {
        now += one.gap;
        const [member, session] = [`v${one.member}`, `s${one.session}`];
        entries.push(...advance(state, now, WINDOW));
        if (one.allowed) {
          entries.push(...settleValue(state, now, member, who(session)));
          used.push({ at: now, member, session });
        }
        growValue(state, now, member, session);
        alone.push({ at: now, member, session });
        const span = WINDOW * 1000;
        expect(Number(state.settled)).toBeGreaterThanOrEqual(spread(used, now - span));
        expect(Number(state.settled)).toBeLessThanOrEqual(spread(used, now - span - WIDTH - 1));
        const own = alone.filter((other) => other.session === session);
        expect(Number(state.sums.get(session)!.alone)).toBeGreaterThanOrEqual(spread(own, now - span));
        expect(countsAlone(state, member, session)).toBe(true);
        if (one.allowed) expect(counts(state, member)).toBe(true);
        const brought = [...state.members!.uses.values()].flatMap((uses) =>
          [...uses.values()].filter((use) => use.brought),
        );
        expect(BigInt(brought.length)).toBe(state.settled);
        for (const sums of state.sums.values()) expect(sums.settled >= 0n && sums.alone >= 0n).toBe(true);
      }
      expect(entries.reduce((sum, entry) => sum + entry.settled, 0n)).toBe(state.settled);
      expect(entries.map((entry) => Number(entry.revision))).toEqual(entries.map((_, i) => i + 1));
      advance(state, now + WINDOW * 1000 + WIDTH + 1, WINDOW);
      expect(state.settled).toBe(0n);
      expect(state.members?.uses.size ?? 0).toBe(0);
    }),
  );
});

test('over live sessions, a value counts for as long as one session that used it lives', () => {
  const state = fresh(null, 'live');
  settleValue(state, 1, 'a', who('s1'));
  settleValue(state, 2, 'a', who('s2'));
  settleValue(state, 3, 'b', who('s1'));
  expect(advance(state, 4, null)).toEqual([]);
  expect(advance(state, 5, null, new Set(['s1'])).map((entry) => [entry.kind, entry.settled, entry.atMs])).toEqual([
    ['leave', -1n, 5],
  ]);
  expect([state.settled, counts(state, 'a'), counts(state, 'b')]).toEqual([1n, true, false]);
  expect(advance(state, 6, null, new Set(['s1', 's2']))).toHaveLength(1);
  expect([state.settled, state.members!.uses.size]).toEqual([0n, 0]);
});

test('what is read from the store counts for its session, and is looked at when time moves on', () => {
  const state = fresh(WINDOW, null);
  const use = { settledMs: 60_000, aloneMs: 60_000, brought: true };
  putUse(state, 'a', 's1', { ...use });
  putUse(state, 'a', 's2', { settledMs: 120_000, aloneMs: null, brought: false });
  putUse(state, 'b', 's2', { settledMs: null, aloneMs: 120_000, brought: false });
  state.settled = 1n;
  expect(state.sums).toEqual(
    new Map([
      ['s1', { settled: 1n, held: 0n, alone: 1n }],
      ['s2', { settled: 0n, held: 0n, alone: 1n }],
    ]),
  );
  expect([...state.members!.uses.get('a')!.keys()]).toEqual(['s1', 's2']);
  expect([counts(state, 'a'), counts(state, 'b'), counts(state, 'c')]).toEqual([true, false, false]);
  expect([countsAlone(state, 'a', 's1'), countsAlone(state, 'a', 's2'), countsAlone(state, 'b', 's2')]).toEqual([
    true,
    false,
    true,
  ]);
  expect([countsAlone(state, 'b', 's1'), countsAlone(fresh(1, null), 'b', 's1')]).toEqual([false, false]);
  expect([state.dirty, state.members!.dirty.size, state.members!.nextMs]).toEqual([false, 0, 0]);
  // The use that brought it leaves first: the value counts on by the other, and the one that brought it is remembered.
  expect(advance(state, 60_000 + WINDOW * 1000, WINDOW)).toEqual([]);
  expect([counts(state, 'a'), countsAlone(state, 'a', 's1'), state.settled]).toEqual([true, false, 1n]);
  expect([state.dirty, [...state.members!.dirty], state.members!.nextMs]).toEqual([
    true,
    ['a'],
    120_000 + WINDOW * 1000,
  ]);
  state.names.set('s1', { identityId: 'of s1', label: 's1' });
  const [left, ...none] = advance(state, 120_000 + WINDOW * 1000, WINDOW);
  expect(left).toMatchObject({ kind: 'leave', settled: -1n, held: 0n, sessionId: 's1', identityId: 'of s1' });
  expect(left).toMatchObject({ decisionId: null, holdId: null, atMs: 120_000 + WINDOW * 1000 });
  expect([none, state.members!.uses.size, state.settled, state.members!.nextMs]).toEqual([
    [],
    0,
    0n,
    Number.POSITIVE_INFINITY,
  ]);
  for (const sums of state.sums.values()) expect(sums).toEqual({ settled: 0n, held: 0n, alone: 0n });
});

test('values leave in the order of their instants, then by name, each at its own', () => {
  const state = fresh(WINDOW, null);
  const leaves = (at: number) => Math.ceil((at + 1) / 60_000) * 60_000 + WINDOW * 1000;
  for (const [at, member] of [
    [200_000, 'd'],
    [1, 'c'],
    [1, 'b'],
    [200_001, 'a'],
  ] as const)
    settleValue(state, at, member, who(`of ${member}`));
  expect(advance(state, leaves(1) - 1, WINDOW)).toEqual([]);
  expect(advance(state, 10 ** 9, WINDOW).map((one) => [one.atMs, one.settledNow, one.sessionId])).toEqual([
    [leaves(1), 3n, 'of b'],
    [leaves(1), 2n, 'of c'],
    [leaves(200_000), 1n, 'of a'],
    [leaves(200_000), 0n, 'of d'],
  ]);
});

test('asked again within its slice a value is not written again; later it counts for longer, and is no entry', () => {
  const state = fresh(WINDOW, null);
  const first = settleValue(state, 1, 'a', who('s1'));
  growValue(state, 1, 'a', 's1');
  expect(first).toMatchObject([{ kind: 'settle', atMs: 1, settled: 1n, held: 0n, settledNow: 1n, sessionId: 's1' }]);
  state.dirty = false;
  state.members!.dirty.clear();
  expect(settleValue(state, 2, 'a', who('s1'))).toEqual([]);
  growValue(state, 2, 'a', 's1');
  expect([state.dirty, state.members!.dirty.size, state.sums.get('s1')!.alone]).toEqual([false, 0, 1n]);
  expect(settleValue(state, 60_000, 'a', who('s1'))).toEqual([]);
  expect([state.dirty, [...state.members!.dirty]]).toEqual([true, ['a']]);
  state.dirty = false;
  state.members!.dirty.clear();
  growValue(state, 60_000, 'a', 's1');
  expect([state.dirty, [...state.members!.dirty], state.sums.get('s1')!.alone]).toEqual([true, ['a'], 1n]);
  expect(advance(state, 60_000 + WINDOW * 1000, WINDOW)).toEqual([]);
  expect(advance(state, 120_000 + WINDOW * 1000, WINDOW)).toHaveLength(1);
});

test('another session that uses a value is kept by name, and the one that brought it takes it along', () => {
  const state = fresh(WINDOW, null);
  settleValue(state, 1, 'a', who('s1'));
  growValue(state, 130_000, 'a', 's1');
  expect(settleValue(state, 2, 'a', who('s2'))).toEqual([]);
  expect(state.members!.uses.get('a')!.get('s2')).toEqual({ settledMs: 60_000, aloneMs: null, brought: false });
  expect(state.members!.dirty.has('a')).toBe(true);
  expect(advance(state, 60_000 + WINDOW * 1000, WINDOW)).toMatchObject([{ sessionId: 's1', settledNow: 0n }]);
  // What it was granted alone stands on for a while.
  expect([...state.members!.uses.get('a')!]).toEqual([['s1', { settledMs: null, aloneMs: 180_000, brought: false }]]);
  expect(state.sums.get('s1')).toEqual({ settled: 0n, held: 0n, alone: 1n });
  expect(advance(state, 180_000 + WINDOW * 1000, WINDOW)).toEqual([]);
  expect([state.members!.uses.size, state.sums.get('s1')!.alone]).toEqual([0, 0n]);
});

test('nothing leaves where nothing is forgotten by time, and nothing is looked through before something can leave', () => {
  const lifetime = fresh(null, null);
  settleValue(lifetime, 1, 'a', who('s1'));
  expect(advance(lifetime, 10 ** 15, null)).toEqual([]);
  expect(advance(lifetime, 10 ** 15, null, new Set(['s1']))).toEqual([]);
  expect(counts(lifetime, 'a')).toBe(true);
  const state = fresh(WINDOW, null);
  expect(advance(state, 5, WINDOW)).toEqual([]);
  expect(state.members).toBeUndefined();
  expect(noMembers().nextMs).toBe(Number.POSITIVE_INFINITY);
  settleValue(state, 1, 'a', who('s1'));
  state.members!.nextMs = 10 ** 9;
  expect(advance(state, 10 ** 9 - 1, WINDOW)).toEqual([]);
  expect(advance(state, 10 ** 9, WINDOW)).toHaveLength(1);
});

test('over live sessions what a session was granted alone ends with it', () => {
  const state = fresh(null, 'live');
  growValue(state, 1, 'a', 's1');
  growValue(state, 1, 'a', 's2');
  expect(advance(state, 2, null, new Set(['s1']))).toEqual([]);
  expect([countsAlone(state, 'a', 's1'), countsAlone(state, 'a', 's2')]).toEqual([false, true]);
  expect([state.sums.get('s1')!.alone, state.sums.get('s2')!.alone]).toEqual([0n, 1n]);
  expect(state.dirty).toBe(true);
});

test('a value is given back by the use that brought it, and by nothing else', () => {
  const used = (...more: (readonly [number, string])[]) => {
    const state = fresh(WINDOW, null);
    for (const [at, session] of [[1, 's1'] as const, ...more]) {
      settleValue(state, at, 'a', who(session));
      growValue(state, at, 'a', session);
    }
    state.dirty = false;
    state.members!.dirty.clear();
    return state;
  };
  const alone = used();
  expect(giveBackValue(alone, 5, 1, 'a', who('s1'))).toMatchObject([
    { kind: 'release', atMs: 5, settled: -1n, held: 0n, settledNow: 0n, sessionId: 's1' },
  ]);
  expect(alone.sums.get('s1')).toEqual({ settled: 0n, held: 0n, alone: 0n });
  expect([alone.members!.uses.size, [...alone.members!.dirty], alone.dirty]).toEqual([0, ['a'], true]);
  expect(giveBackValue(alone, 6, 1, 'a', who('s1'))).toEqual([]);

  for (const [state, counted, value, session] of [
    [used([60_000, 's1']), 1, 'a', 's1'], // used again later: it counts because of that
    [used([2, 's2']), 1, 'a', 's1'], // by another session as well
    [used([2, 's2']), 2, 'a', 's2'], // which did not bring it
    [used(), 60_000, 'a', 's1'], // of another slice
    [used(), 1, 'b', 's1'],
    [used(), 1, 'a', 's3'],
    [fresh(WINDOW, null), 1, 'a', 's1'],
  ] as const) {
    const before = state.settled;
    expect(giveBackValue(state, 70_000, counted, value, who(session))).toEqual([]);
    expect([state.settled, state.dirty]).toEqual([before, false]);
  }

  // What a per-session control granted later stays granted; one that never settled it is no reason to keep it.
  const later = used();
  growValue(later, 60_000, 'a', 's1');
  growValue(later, 60_000, 'a', 's2');
  expect(giveBackValue(later, 70_000, 1, 'a', who('s1'))).toHaveLength(1);
  expect(later.members!.uses.get('a')).toEqual(
    new Map([
      ['s1', { settledMs: null, aloneMs: 120_000, brought: false }],
      ['s2', { settledMs: null, aloneMs: 120_000, brought: false }],
    ]),
  );
  expect(later.sums.get('s1')).toEqual({ settled: 0n, held: 0n, alone: 1n });
});
