import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { retain } from '@/lib/decisions/retain';
import { expired } from '@/lib/decisions/retention/model';
import { setRetention } from '@/lib/decisions/set-retention';
import { admin, applyTestPolicies, ask } from '@/lib/decisions/testing-ask';
import { verify } from '@/lib/decisions/verify';
import { closeLane } from '@/lib/exposures/close-lane';

testDatabase();

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-retain-'));
const pay = (amount: number, session: string) =>
  ask({ subject: 'svc-old', resource: 'acct-old', session: { id: session }, context: { amount } });
const sql = async (text: string, values: unknown[] = []) => (await pool().query(text, values)).rows;

/** Makes the first `share` of the log look as if it had been written on `day`. */
async function age(day: string, upTo: number, from = 0): Promise<void> {
  await sql('select braid_ensure_partitions($1::date, 1)', [day]);
  const [lane] = await sql(`select id from writers where kind = 'lane' order by seq desc limit 1`);
  for (const table of ['decisions', 'ledger_entries'])
    await sql(`update ${table} set day = $1 where writer = $2 and seq > $3 and seq <= $4`, [day, lane.id, from, upTo]);
}

let third = 0;
beforeAll(async () => {
  process.env.BRAID_HOME = home;
  await applyTestPolicies();
  for (let i = 0; i < 12; i += 1) await pay(100 + i, `s${i % 3}`);
  const [lane] = await sql(`select max(seq)::int as seq from writers where kind = 'lane'`);
  third = Math.floor(lane.seq / 3);
  await age('2024-01-01', third);
  await age('2024-01-02', 2 * third, third);
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

test('what is dropped is accounted for: the rest of the log is still proven, and the ledger from its opening balances', async () => {
  expect(await verify(admin)).toMatchObject({ ok: true, droppedDays: 0 });
  await setRetention(admin, { decisions: 30 });
  const gone = await retain(admin);
  expect(gone.filter((one) => one.table !== 'session_events')).toEqual([
    { table: 'decisions', day: '2024-01-01' },
    { table: 'ledger_entries', day: '2024-01-01' },
    { table: 'decisions', day: '2024-01-02' },
    { table: 'ledger_entries', day: '2024-01-02' },
  ]);
  expect(await sql(`select to_regclass('decisions_20240101') as there`)).toEqual([{ there: null }]);
  const [left] = await sql('select count(*)::int as n from decisions');
  expect(left.n).toBeLessThan(12);
  expect(await retain(admin)).toEqual([]);
  await pay(50, 's1');
  const proof = await verify(admin);
  expect(proof.problems).toEqual([]);
  expect(proof).toMatchObject({ ok: true, droppedDays: 6, checkpoints: 4 });
  expect(await sql(`select action from audit_entries where action = 'audit.drop'`)).toHaveLength(4);
});

test('a bent opening balance is found, and so is a bent account of what was dropped', async () => {
  await sql(
    `update ledger_openings set settled = settled + 1 where exposure_id = (select exposure_id from ledger_openings order by exposure_id limit 1)`,
  );
  expect((await verify(admin)).problems.map((one) => one.code)).toContain('ledger.opening');
  await sql(
    `update ledger_openings set settled = settled - 1 where exposure_id = (select exposure_id from ledger_openings order by exposure_id limit 1)`,
  );
  expect((await verify(admin)).ok).toBe(true);
  await sql(`update checkpoints set detail = jsonb_set(detail, '{0,rows}', '"1"') where seq = 2`);
  expect((await verify(admin)).problems).toMatchObject([{ code: 'checkpoint.changed', record: 'checkpoint 2' }]);
  await sql(
    `update checkpoints c set detail = q.detail from (select seq, jsonb_set(detail, '{0,rows}', to_jsonb($1::text)) as detail from checkpoints) q where q.seq = c.seq and c.seq = 2`,
    [await rowsOfSecond()],
  );
  expect((await verify(admin)).ok).toBe(true);
});

/** As signed: it stands in the audit too. */
async function rowsOfSecond(): Promise<string> {
  const [row] = await sql(
    `select detail->'rows'->>'decisions' as n from audit_entries where action = 'audit.drop' and target_id = '2024-01-02' and target_name like 'decisions%'`,
  );
  return row.n;
}

test('a day that was taken away without a checkpoint is missing', async () => {
  const [lane] = await sql(`select id, seq::int from writers where kind = 'lane' order by seq desc limit 1`);
  await age('2024-01-03', lane.seq - 1, 2 * third);
  expect((await verify(admin)).ok).toBe(true);
  await sql('drop table decisions_20240103');
  const codes = (await verify(admin)).problems.map((one) => one.code);
  expect(codes).toContain('record.missing');
});

test('a day that is being read is left for the next pass, and nothing waits for it', async () => {
  await sql('select braid_ensure_partitions($1::date, 1)', ['2024-02-01']);
  const reader = await pool().connect();
  await reader.query('begin');
  await reader.query(`select * from decisions where day = '2024-02-01'`);
  expect(await retain(admin)).not.toContainEqual({ table: 'decisions', day: '2024-02-01' });
  await reader.query('commit');
  reader.release();
  expect(await retain(admin)).toContainEqual({ table: 'decisions', day: '2024-02-01' });
});

test('two decisions that overtook each other at midnight are no gap when only one of their days is dropped', async () => {
  const writers: string[] = [];
  for (const amount of [1, 2, 3]) {
    await closeLane(); // a stream of its own, as of another process
    await ask({ subject: 'svc-night', resource: 'acct-night', session: { id: 'n' }, context: { amount } });
    writers.push(
      (await sql(`select id from writers where kind = 'lane' order by started_at desc, id desc limit 1`))[0].id,
    );
  }
  await sql('select braid_ensure_partitions($1::date, 1)', ['2024-03-01']);
  for (const table of ['decisions', 'ledger_entries'])
    await sql(`update ${table} set day = '2024-03-01' where writer = any($1::uuid[])`, [[writers[0], writers[2]]]);
  const night = async () =>
    (await verify(admin)).problems.filter((one) => one.code.startsWith('ledger') || one.code.startsWith('counter'));
  const before = await night();
  await retain(admin);
  expect(await sql(`select to_regclass('decisions_20240301') as there`)).toEqual([{ there: null }]);
  expect(await night()).toEqual(before);
});

test('which days go', () => {
  const days = ['2026-01-01', '2026-01-09', '2026-01-10', '2026-01-11'];
  expect(expired(days, '2026-01-20', 10)).toEqual(['2026-01-01', '2026-01-09']);
  expect(expired(days, '2026-03-01', 10)).toEqual(days);
});
