// A sliding window that is made longer counts at once what had left the shorter one.
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask, consistent, token } from '@/lib/decisions/testing-ask';
import { type Counted, regrown } from '@/lib/exposures/regrow-state';
import { show } from '@/lib/exposures/show';
import { advance, settleAtOnce, sliceEnd } from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';
import { withdraw } from '@/lib/exposures/withdraw';
import { apply } from '@/lib/policies/apply';

testDatabase();

describe('the arithmetic', () => {
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
      fc.property(
        counts,
        fc.integer({ min: 60, max: 3_600 }),
        fc.integer({ min: 1, max: 4 }),
        (steps, short, times) => {
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
        },
      ),
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
});

describe('a policy', () => {
  const policy = (over: string) => `set: widths
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, per: resource.id, over: ${over}, on: action.name == "payment.create" }
rules:
  - id: cap
    limit: { meter: paid, max: 100 }
`;
  let n = 0;
  beforeEach(async () => {
    n += 1;
    await apply(admin, { source: policy('1s') });
  });
  const pay = (amount: number, session = 's1', braid = {}) =>
    ask({ subject: `svc-${n}`, resource: `acct-${n}`, session: { id: session }, context: { amount }, braid });
  const shown = async () => (await show(admin, { meter: 'paid', key: `acct-${n}` })).items[0]!;
  const idOf = (answer: { context: Record<string, unknown> }) => answer.context.evaluation_id as string;
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  test('made longer binds the very next request on what was counted before, and the proof holds', async () => {
    expect((await pay(60)).decision).toBe(true);
    expect((await pay(30, 's2')).decision).toBe(true);
    await pause(1_200);
    expect((await pay(5, 's2')).decision).toBe(true);
    expect((await shown()).settled).toBe('5');
    const { notes } = await apply(admin, { source: policy('1h') });
    expect(notes).toEqual([
      'paid counts over 1 h instead of 1 s: what had left the shorter window is put back from the ledger with the next request.',
    ]);
    expect(await pay(6, 's3', { dry_run: true })).toMatchObject({ reason: 'aggregate_value_exceeded' });
    expect(await pay(6, 's3')).toMatchObject({
      decision: false,
      reason: 'aggregate_value_exceeded',
      braid: { exposures: [{ settled: '95' }] },
    });
    expect((await pay(5, 's3')).decision).toBe(true);
    expect(await shown()).toMatchObject({ settled: '100', windowSecs: 3600 });
    const { rows } = await pool().query(
      `select l.kind, l.settled from ledger_entries l join exposures e on e.id = l.exposure_id where e.key = $1 and l.kind = 'leave' order by l.revision`,
      [`acct-${n}`],
    );
    expect(rows.map((row) => row.settled)).toEqual([-60n, -30n, 60n, 30n]);
    await consistent();
  });

  test('made longer, what was given back since stays given back, in whatever slice it was counted', async () => {
    await pay(40);
    const taken = await pay(30);
    await pause(1_100);
    await pay(20, 's2');
    expect(await withdraw(token, { decisionId: idOf(taken) })).toBe(0); // it has left its window
    const fresh = await pay(7);
    expect(await withdraw(token, { decisionId: idOf(fresh) })).toBe(1);
    await apply(admin, { source: policy('1h') });
    expect((await pay(10, 's3')).decision).toBe(true);
    expect(await shown()).toMatchObject({ settled: '100' });
    await consistent();
  });

  test('made shorter binds the very next request as well', async () => {
    await apply(admin, { source: policy('1m') });
    expect((await pay(100)).decision).toBe(true);
    await pause(2_100);
    await apply(admin, { source: policy('1s') });
    expect(await pay(100)).toMatchObject({ reason: 'ok' });
    await consistent();
  });
});
