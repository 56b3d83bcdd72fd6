import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ownSums } from '@/lib/exposures/counters-state';
import { type Entry, type ExposureState, FOREVER_MS, type Hold, minorUnits } from '@/lib/exposures/model';
import { advance, closeLine, growAlone, reserveLine, settleAtOnce } from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';
import { sliceEnd } from '@/lib/exposures/window-state';

const WINDOW = 3600;

const fresh = (windowSecs: number | null = WINDOW): ExposureState => plainState({ windowSecs });

const who = (sessionId: string) => ({ sessionId, identityId: 'i', decisionId: 'd', holdId: null });
const holdOf = (id: string, sessionId: string, amount: bigint, createdMs: number): Hold => ({
  id,
  decisionId: 'd',
  identityId: 'i',
  sessionId,
  tokenId: null,
  kind: 'hold',
  state: 'held',
  onExpiry: 'release',
  createdMs,
  expiresMs: createdMs + 900_000,
  lines: [
    {
      exposureId: 'e',
      amount,
      settled: 0n,
      attribute: 'context.amount',
      onExpiry: null,
      sliceMs: sliceEnd(createdMs, WINDOW),
    },
  ],
});

test('a window never under-counts, and over-counts by no more than one slice', () => {
  const payment = fc.record({ gap: fc.integer({ min: 0, max: 600_000 }), amount: fc.bigInt({ min: 1n, max: 1000n }) });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10_000_000 }),
      fc.array(payment, { minLength: 1, maxLength: 60 }),
      (start, payments) => {
        const state = fresh();
        const made: { at: number; amount: bigint }[] = [];
        let now = start;
        for (const { gap, amount } of payments) {
          now += gap;
          advance(state, now, WINDOW);
          settleAtOnce(state, now, amount, who('s'));
          made.push({ at: now, amount });
          const since = (ms: number) =>
            made.filter((one) => one.at > now - ms).reduce((sum, one) => sum + one.amount, 0n);
          expect(state.settled).toBeGreaterThanOrEqual(since(WINDOW * 1000));
          expect(state.settled).toBeLessThanOrEqual(since(WINDOW * 1000 * (1 + 1 / 60) + 1));
        }
        advance(state, now + WINDOW * 1000 * 1.02 + 1, WINDOW);
        expect(state.settled).toBe(0n);
        expect(state.slices.size).toBe(0);
      },
    ),
  );
});

type Step = {
  kind: 'pay' | 'hold' | 'settle' | 'release' | 'expire' | 'wait';
  session: number;
  amount: bigint;
  pick: number;
};

test('whatever happens, no counter goes below zero, and the entries are the counters', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom('pay', 'hold', 'settle', 'release', 'expire', 'wait'),
    session: fc.integer({ min: 0, max: 3 }),
    amount: fc.bigInt({ min: 0n, max: 500n }),
    pick: fc.nat(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const state = fresh();
      const entries: Entry[] = [];
      const holds: Hold[] = [];
      let now = 1_000_000;
      for (const one of steps) {
        const session = `s${one.session}`;
        if (one.kind === 'wait') now += one.pick % 2_000_000;
        entries.push(...advance(state, now, WINDOW));
        if (one.kind === 'pay') entries.push(settleAtOnce(state, now, one.amount, who(session)));
        if (one.kind === 'pay') growAlone(state, now, WINDOW, session, one.amount);
        if (one.kind === 'hold') {
          const hold = holdOf(`h${holds.length}`, session, one.amount, now);
          holds.push(hold);
          entries.push(
            reserveLine(state, now, one.amount, { ...who(session), holdId: hold.id, expiresMs: hold.expiresMs }),
          );
          growAlone(state, now, WINDOW, session, one.amount);
        }
        const hold = holds[one.pick % Math.max(1, holds.length)];
        if (hold && (one.kind === 'settle' || one.kind === 'release' || one.kind === 'expire'))
          entries.push(
            ...closeLine(state, now, hold, { kind: one.kind, actual: one.kind === 'settle' ? one.amount : 0n }),
          );
        expect(state.settled >= 0n && state.held >= 0n).toBe(true);
        for (const sums of state.sums.values())
          expect(sums.settled >= 0n && sums.held >= 0n && sums.alone >= 0n).toBe(true);
      }
      const all = (pick: (entry: Entry) => bigint) => entries.reduce((sum, entry) => sum + pick(entry), 0n);
      expect([all((e) => e.settled), all((e) => e.held)]).toEqual([state.settled, state.held]);
      const sums = [...state.sums.values()];
      expect(sums.reduce((sum, one) => sum + one.settled, 0n)).toBe(state.settled);
      expect(sums.reduce((sum, one) => sum + one.held, 0n)).toBe(state.held);
      expect([...state.slices.values()].reduce((sum, slice) => sum + slice.settled, 0n)).toBe(state.settled);
      expect(entries.map((entry) => Number(entry.revision))).toEqual(entries.map((_, i) => i + 1));
      for (let i = 1; i < entries.length; i++) expect(entries[i]!.atMs).toBeGreaterThanOrEqual(entries[i - 1]!.atMs);
      const last = entries.at(-1);
      if (last) expect([last.settledNow, last.heldNow]).toEqual([state.settled, state.held]);
    }),
  );
});

test('a lifetime meter never forgets; an overrun is an entry of its own; a second end changes nothing', () => {
  const state = fresh(null);
  expect(sliceEnd(5, null)).toBe(FOREVER_MS);
  settleAtOnce(state, 1, 5n, who('s'));
  expect(advance(state, 10 ** 13, null)).toEqual([]);
  const hold = holdOf('h', 's', 10n, 1);
  reserveLine(state, 1, 10n, { ...who('s'), holdId: 'h', expiresMs: hold.expiresMs });
  expect(closeLine(state, 2, hold, { kind: 'settle', actual: 12n }).map((e) => [e.kind, e.settled, e.held])).toEqual([
    ['settle', 10n, -10n],
    ['overrun', 2n, 0n],
  ]);
  expect(closeLine(state, 3, hold, { kind: 'release', actual: 0n })).toEqual([]);
  expect([state.settled, state.held, ownSums(state, 's').settled]).toEqual([17n, 0n, 17n]);
});

test('amounts become minor units exactly, or not at all', () => {
  expect([
    minorUnits(0.1, 2),
    minorUnits('10.50', 2),
    minorUnits(7, 0),
    minorUnits('1.500', 1),
    minorUnits(0, 2),
  ]).toEqual([10n, 1050n, 7n, 15n, 0n]);
  for (const bad of [1.001, -1, '1e3', 1e21, Number.NaN, '', ' 1', '1,5', null, true, [1], '9'.repeat(16)])
    expect(minorUnits(bad, 2)).toBeNull();
});
