// What an enforcement point that can't ask tells afterwards. Real decision point, shipped client.
import { expect, test } from 'vitest';
import { blindReport } from '@/lib/allotments/blind-report';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { verify } from '@/lib/decisions/verify';
import type { Replayed } from '@/lib/replay/model';
import { replay } from '@/lib/replay/replay';
import { admin } from '@/lib/server/testing-pdp';
import { now, pay, pointsOn, standing, tokenOf } from '@/lib/server/testing-points';

pointsOn(testDatabase());

test('what is told afterwards counts once, all of it, and what should not have been is variance', async () => {
  const at = new Date(Date.now() - 60_000).toISOString();
  const done = [700, 200, 400].map((amount, index) => ({ ...pay(amount), ref: `${now.account}/${index}`, at }));
  expect((await now.legacy.tell(done)).map((one) => one.allowed)).toEqual([true, true, false]);
  const again = () => now.legacy.tell(done).then((all) => all.map((one) => one.allowed));
  expect(await Promise.all([again(), again()])).toEqual([
    [true, true, false],
    [true, true, false],
  ]);
  expect(await standing()).toEqual(['130000', '0']);
  // Long after keys are forgotten.
  await pool().query('delete from idempotency_keys');
  expect(await again()).toEqual([true, true, false]);
  expect(await standing()).toEqual(['130000', '0']);
  expect(await now.online.evaluate(pay(1))).toMatchObject({ allowed: false, reason: 'aggregate_value_exceeded' });
  const { points } = await blindReport(admin);
  expect(points.find((point) => point.mode === 'legacy')).toMatchObject({
    told: 3,
    toldDenied: 1,
    variance: [{ unit: 'EUR', spent: '130000', denied: '40000' }],
  });
  const kinds = await pool().query<{ kind: string; settled: bigint }>(
    `select l.kind, l.settled from ledger_entries l join exposures e on e.id = l.exposure_id where e.key = $1 order by l.revision`,
    [now.account],
  );
  expect(kinds.rows.map((one) => [one.kind, String(one.settled)])).toEqual([
    ['settle', '70000'],
    ['settle', '20000'],
    ['overrun', '40000'],
  ]);
  expect((await verify(admin)).problems).toEqual([]);
});

test('it counts in the time it was done in: what has left the window counts no more', async () => {
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();
  const from = new Date().toISOString();
  await now.legacy.tell([
    { ...pay(600), ref: `${now.account}/old`, at: hoursAgo(25) },
    { ...pay(300), ref: `${now.account}/late`, at: hoursAgo(12) },
    { ...pay(900), ref: `${now.account}/beyond`, at: hoursAgo(6) },
  ]);
  expect(await standing()).toEqual(['120000', '0']);
  const all: Replayed[] = [];
  for await (const one of replay(admin, { from, to: new Date().toISOString() })) all.push(one);
  expect(all.flatMap((one) => one.differs)).toEqual([]);
  expect(all.filter((one) => JSON.stringify(one.recorded.request).includes(now.account))).toHaveLength(3);
  expect((await verify(admin)).problems).toEqual([]);
});

test('one that can’t be read, or says otherwise under a ref that was told, keeps no other out', async () => {
  const at = new Date().toISOString();
  const tell = async (transactions: unknown[]) => {
    const answer = await fetch(`${now.pdp.url}/v1/reports`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${tokenOf(now.legacy)}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ transactions }),
    });
    return { status: answer.status, body: (await answer.json()) as { transactions: { reason: string }[] } };
  };
  const good = { ...pay(10), ref: `${now.account}/${'x'.repeat(190)}`.slice(0, 199), at };
  const first = await tell([
    good,
    { ...pay(10), ref: `${now.account}/b`, at: 'yesterday' },
    'garbage',
    { ...pay(10), ref: `${now.account}/c`, at, resource: { type: 'account' } },
    { ...pay(10), ref: `${good.ref}y`, at },
    { ...good, context: { amount: 11 } },
    good,
  ]);
  expect(first.status).toBe(200);
  expect(first.body.transactions.map((one) => one.reason)).toEqual([
    'ok',
    'input.invalid',
    'input.invalid',
    'input.invalid',
    'ok',
    'idempotency.mismatch',
    'ok',
  ]);
  expect(await standing()).toEqual(['2000', '0']);
  expect((await tell([{ ...good, at: new Date(0).toISOString() }])).body.transactions[0]!.reason).toBe(
    'idempotency.mismatch',
  );
  expect(await standing()).toEqual(['2000', '0']);
});

test('what was done under another’s eyes is counted although its identity is paused', async () => {
  await now.legacy.tell([{ ...pay(10), ref: `${now.account}/before`, at: new Date().toISOString() }]);
  await pool().query(
    `update identities set state = 'paused', state_revision = state_revision + 1 where name = 'svc-terminal'`,
  );
  const [told] = await now.legacy.tell([{ ...pay(20), ref: `${now.account}/paused`, at: new Date().toISOString() }]);
  await pool().query(
    `update identities set state = 'active', state_revision = state_revision + 1 where name = 'svc-terminal'`,
  );
  expect(told).toMatchObject({ allowed: false, reason: 'identity_paused' });
  expect(await standing()).toEqual(['3000', '0']);
});
