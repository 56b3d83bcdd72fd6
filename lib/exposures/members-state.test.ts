import fc from 'fast-check';
import { expect, test } from 'vitest';
import { counts, countsAlone, growValue, settleValue } from '@/lib/exposures/members-state';
import type { Entry, ExposureState } from '@/lib/exposures/model';
import { advance } from '@/lib/exposures/state';

const WINDOW = 3600;
const WIDTH = (WINDOW * 1000) / 60;

const fresh = (windowSecs: number | null, calendar: string | null): ExposureState => ({
  id: 'e',
  set: 's',
  meter: 'm',
  kind: 'distinct',
  scope: 'identity.id',
  key: 'k',
  unit: null,
  scale: 0,
  windowSecs,
  calendar,
  settled: 0n,
  held: 0n,
  limit: null,
  ruleId: null,
  warned: null,
  revision: 0n,
  version: 0n,
  identityIds: [],
  slices: new Map(),
  open: new Map(),
  lines: new Map(),
  sums: new Map(),
  names: new Map(),
  dirty: false,
  dirtySlices: new Set(),
  leftSlices: [],
});
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
