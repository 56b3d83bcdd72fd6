import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { type ExposureState, FOREVER_MS, MAX_OPEN } from '@/lib/exposures/model';
import { packSlices, unpackSlices } from '@/lib/exposures/open-slices';
import { advance, closeEnded, growAlone, ownSums, settleAtOnce } from '@/lib/exposures/state';
import { derivedId } from '@/lib/platform/ids';

testDatabase();

const fresh = (windowSecs: number | null): ExposureState => ({
  ...({ id: 'e', set: 's', meter: 'm', kind: 'sum', scope: 'x', key: 'k', unit: null, scale: 0 } as const),
  windowSecs,
  ...{ settled: 0n, held: 0n, limit: null, ruleId: null, revision: 0n, version: 0n, identityIds: [] },
  ...{ slices: new Map(), open: new Map(), lines: new Map(), sums: new Map(), names: new Map() },
  ...{ dirty: false, dirtySlices: new Set(), leftSlices: [] },
});

const session = (n: number) => derivedId('session', String(n));

test('whatever comes and leaves, the row and the rows beside it hold every slice once, and the row stays small', () => {
  const step = fc.record({
    gap: fc.integer({ min: 0, max: 200_000 }),
    session: fc.integer({ min: 0, max: 90 }),
    amount: fc.bigInt({ min: 1n, max: 50n }),
    write: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.constantFrom(3600, null), fc.array(step, { minLength: 1, maxLength: 200 }), (windowSecs, steps) => {
      const state = fresh(windowSecs);
      const rows = new Map<string, { settled: bigint; alone: bigint }>();
      let open = unpackSlices(null);
      let now = 1_700_000_000_000;
      for (const one of steps) {
        now += one.gap;
        advance(state, now, windowSecs);
        const who = { sessionId: session(one.session), identityId: null, decisionId: null, holdId: null };
        settleAtOnce(state, now, one.amount, who);
        growAlone(state, now, windowSecs, who.sessionId, one.amount);
        if (!one.write) continue;
        // What the store does with a written state.
        closeEnded(state);
        for (const slice of state.leftSlices) rows.delete(`${slice.endMs}/${slice.sessionId}`);
        for (const key of state.dirtySlices) if (!state.open.has(key)) rows.set(key, { ...state.slices.get(key)! });
        open = unpackSlices(packSlices(state.open));
        state.leftSlices = [];
        state.dirtySlices.clear();
        expect(open.length).toBeLessThanOrEqual(MAX_OPEN);
        const stored = new Map([...rows].map(([key, { settled, alone }]) => [key, `${settled} ${alone}`]));
        for (const slice of open) {
          const key = `${slice.endMs}/${slice.sessionId}`;
          expect(stored.has(key)).toBe(false);
          stored.set(key, `${slice.settled} ${slice.alone}`);
        }
        expect(stored).toEqual(new Map([...state.slices].map(([key, s]) => [key, `${s.settled} ${s.alone}`])));
      }
      for (const [id, sums] of state.sums) {
        expect(sums.settled === 0n && sums.held === 0n && sums.alone === 0n, `nothing of ${id}`).toBe(false);
        expect(sums.settled).toBe(
          [...state.slices.values()].reduce((sum, s) => (s.sessionId === id ? sum + s.settled : sum), 0n),
        );
      }
    }),
    { numRuns: 200 },
  );
});

test('a session whose amounts have left a window is forgotten', () => {
  const state = fresh(60);
  for (let n = 0; n < 100; n++) {
    const now = 1_700_000_000_000 + n * 10_000;
    advance(state, now, 60);
    state.names.set(session(n), { identityId: 'i', label: `s${n}` });
    settleAtOnce(state, now, 1n, { sessionId: session(n), identityId: null, decisionId: null, holdId: null });
  }
  expect(state.sums.size).toBeLessThan(10);
  expect(state.names.size).toBe(state.sums.size);
  expect(ownSums(state, session(99)).settled).toBe(1n);
});

test('the database reads packed slices as they were packed', async () => {
  const slices = new Map(
    [
      { endMs: 1_700_000_000_123, sessionId: session(1), settled: 12n, alone: 9_007_199_254_740_993n },
      { endMs: FOREVER_MS, sessionId: session(2), settled: 0n, alone: -1n },
    ].map((slice) => [slice.sessionId, slice]),
  );
  const found = await pool().query('select * from braid_open_slices($1) order by alone desc', [packSlices(slices)]);
  expect(found.rows.map((row) => ({ ...row, bucket_at: row.bucket_at.getTime() }))).toEqual(
    [...slices.values()].map(({ endMs, sessionId, settled, alone }) => ({
      ...{ bucket_at: endMs, session_id: sessionId },
      ...{ settled, alone },
    })),
  );
  expect((await pool().query('select * from braid_open_slices(null)')).rows).toEqual([]);
});
