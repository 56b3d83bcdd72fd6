// A policy that makes a sliding window longer counts at once what had left the shorter one.
import { beforeEach, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask, consistent, token } from '@/lib/decisions/testing-ask';
import { show } from '@/lib/exposures/show';
import { withdraw } from '@/lib/exposures/withdraw';
import { apply } from '@/lib/policies/apply';

testDatabase();

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
