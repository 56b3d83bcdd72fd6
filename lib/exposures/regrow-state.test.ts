// A sliding window that is made longer counts at once what had left the shorter one.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Counted, regrown } from '@/lib/exposures/regrow-state';
import { advance, settleAtOnce, sliceEnd } from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';

const counts = fc.array(
  fc.record({
    after: fc.integer({ min: 1, max: 900_000 }),
    session: fc.integer({ min: 0, max: 2 }),
    amount: fc.bigInt(1n, 50n),
  }),
  { maxLength: 60 },
);

test('after any shortening and lengthening the window holds what it would have held, whoever counted it', () => {
  fc.assert(
    fc.property(counts, fc.integer({ min: 60, max: 3_600 }), fc.integer({ min: 1, max: 4 }), (steps, short, times) => {
      const long = short * times + 1;
      const state = plainState({ windowSecs: short, version: 1n });
      const always = plainState({ windowSecs: long });
      const ledger: Counted[] = [];
      let now = 1_000_000_000;
      for (const { after, session, amount } of steps) {
        now += after;
        advance(state, now, short);
        advance(always, now, long);
        const who = { sessionId: `s${session}`, identityId: 'i', decisionId: null, holdId: null };
        settleAtOnce(state, now, amount, who);
        settleAtOnce(always, now, amount, who);
        ledger.push({ atMs: now, settled: amount, sessionId: who.sessionId, decisionId: null });
      }
      advance(always, now, long);
      const before = state.settled;
      const entries = regrown(state, now, long, ledger);
      expect(state.settled).toBe(before + sumOf(entries));
      expect([...state.slices.values()].reduce((sum, one) => sum + one.settled, 0n)).toBe(state.settled);
      const reach = now - long * 1000 * (1 + 2 / 60);
      for (const [id, sums] of always.sums) {
        const most = ledger.filter((one) => one.sessionId === id && one.atMs > reach);
        expect(state.sums.get(id)!.settled).toBeGreaterThanOrEqual(sums.settled);
        expect(state.sums.get(id)!.settled).toBeLessThanOrEqual(sumOf(most));
      }
      expect(advance(state, now, long)).toEqual([]);
    }),
  );
});

test('what was given back stays so', () => {
  const state = plainState({ windowSecs: 60, version: 1n });
  const now = 10_000_000;
  const row = (settled: bigint, atMs: number): Counted => ({ atMs, settled, sessionId: 's', decisionId: 'd' });
  expect(regrown(state, now, 3_600, [row(70n, now - 600_000), row(-70n, now - 590_000)])).toEqual([]);
  expect(state).toMatchObject({ settled: 0n, windowSecs: 3_600 });
  expect(sliceEnd(now, 3_600)).toBeGreaterThan(now);
});

const sumOf = (entries: { settled: bigint }[]) => entries.reduce((sum, one) => sum + one.settled, 0n);

const NOW = 10_000_000;
const SHORT = 60;
const LONG = 3_600;
const counted = (
  sessionId: string,
  minutesAgo: number,
  settled: bigint,
  decisionId: string | null = null,
): Counted => ({
  atMs: NOW - minutesAgo * 60_000,
  settled,
  sessionId,
  decisionId,
});
const slicesOf = (state: ReturnType<typeof plainState>) =>
  [...state.slices.values()]
    .filter((one) => one.settled !== 0n)
    .map((one) => [one.sessionId, one.endMs, one.settled, one.alone])
    .sort((a, b) => Number(a[1]) - Number(b[1]));
const endOf = (minutesAgo: number) => sliceEnd(NOW - minutesAgo * 60_000, LONG);

test('what is back stands where it was counted, whatever order the ledger tells it in, and says whose it is', () => {
  const state = plainState({
    windowSecs: SHORT,
    version: 1n,
    names: new Map([['s', { identityId: 'i', label: 'worker' }]]),
  });
  const rows = [
    counted('s', 10, 5n, 'b'),
    counted('s', 30, 7n, 'a'),
    counted('s', 29, -2n, 'a'),
    counted('s', 20, -9n, 'nobody counted that'),
    counted('s', 200, 100n, 'long gone'),
    counted('t', 5, 3n),
  ];
  const told = structuredClone(rows);
  const entries = regrown(state, NOW, LONG, rows);
  expect(rows).toEqual(told);
  expect(state).toMatchObject({ settled: 13n, windowSecs: LONG, noted: true, dirty: true });
  expect(slicesOf(state)).toEqual([
    ['s', endOf(30), 5n, 5n],
    ['s', endOf(10), 5n, 5n],
    ['t', endOf(5), 3n, 3n],
  ]);
  expect(entries).toMatchObject([
    {
      kind: 'leave',
      atMs: NOW,
      settled: 10n,
      held: 0n,
      sessionId: 's',
      identityId: 'i',
      decisionId: null,
      holdId: null,
    },
    {
      kind: 'leave',
      atMs: NOW,
      settled: 3n,
      held: 0n,
      sessionId: 't',
      identityId: null,
      decisionId: null,
      holdId: null,
    },
  ]);
});

test('what still stands is put into the longer slices and not told again; its own ledger takes only what is back', () => {
  const state = plainState({ windowSecs: SHORT, version: 1n });
  const who = { sessionId: 's', identityId: 'i', decisionId: 'd', holdId: null };
  settleAtOnce(state, NOW, 4n, who);
  const [entry, ...more] = regrown(state, NOW, LONG, [counted('s', 0, 4n, 'd'), counted('s', 40, 6n)]);
  expect(more).toEqual([]);
  expect(entry).toMatchObject({ settled: 6n, sessionId: 's' });
  expect(state.settled).toBe(10n);
  expect(state.sums.get('s')).toEqual({ settled: 10n, held: 0n, alone: 6n });
  expect(slicesOf(state)).toEqual([
    ['s', endOf(40), 6n, 6n],
    ['s', endOf(0), 4n, 0n],
  ]);
  expect(regrown(state, NOW, LONG, [counted('s', 0, 4n, 'd'), counted('s', 40, 6n)])).toEqual([]);
  expect(state.settled).toBe(10n);
});

test('what the ledger has no more stays as it stands', () => {
  const state = plainState({ windowSecs: SHORT, version: 1n });
  settleAtOnce(state, NOW, 4n, { sessionId: 's', identityId: 'i', decisionId: 'd', holdId: null });
  const before = slicesOf(state);
  expect(regrown(state, NOW, LONG, [counted('s', 0, 3n, 'd')])).toEqual([]);
  expect([state.settled, slicesOf(state)]).toEqual([4n, before]);
});

test('a slice counts until it has left as a whole', () => {
  const state = () => plainState({ windowSecs: SHORT, version: 1n });
  const edge = sliceEnd(NOW - LONG * 1000, LONG); // the slice whose last instant is the window's first
  const at = (atMs: number): Counted => ({ atMs, settled: 1n, sessionId: 's', decisionId: null });
  const now = edge + LONG * 1000;
  expect(regrown(state(), now, LONG, [at(edge - 1)])).toEqual([]);
  expect(regrown(state(), now - 1, LONG, [at(edge - 1)])).toHaveLength(1);
});
