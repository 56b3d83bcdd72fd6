import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { record } from '@/lib/audit/record';
import { seal } from '@/lib/audit/seal';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { checkpoint } from '@/lib/decisions/checkpoint';
import { admin, applyTestPolicies, ask, token } from '@/lib/decisions/testing-ask';
import { verify } from '@/lib/decisions/verify';
import { settle } from '@/lib/exposures/settle';

// Every way of bending the log that its tables allow, each found by name. What a test bends is put back after it.

testDatabase();

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-tampering-'));
const TABLES = [
  'decisions',
  'ledger_entries',
  'audit_entries',
  'writers',
  'checkpoints',
  'checkpoint_heads',
  'exposures',
  'ledger_openings',
];
/** Kept somewhere else by somebody who did so while all was well. */
const elsewhere = path.join(home, 'elsewhere.json');

const sql = async (text: string, values: unknown[] = []) => (await pool().query(text, values)).rows;
const pay = (amount: number, session = 's1') =>
  ask({ subject: 'svc-log', resource: 'acct-log', session: { id: session }, context: { amount } });

beforeAll(async () => {
  process.env.BRAID_HOME = home;
  await applyTestPolicies();
  for (let i = 0; i < 8; i += 1) await pay(1000 + i, `s${i % 3}`);
  const held = await ask({ action: 'tool.call', subject: 'agent', context: { cost: 4 } });
  await settle(token, { holdId: held.braid.hold_id as string, amount: 3 });
  for (const name of ['one', 'two', 'three', 'four'])
    await transaction((tx) =>
      record(tx, admin, { action: 'identity.annotate', target: { type: 'identity', id: name, name } }),
    );
  await seal();
  await checkpoint(admin, 'schedule');
  await pay(500);
  await seal();
  fs.writeFileSync(elsewhere, JSON.stringify((await checkpoint(admin, 'schedule')).signed));
  await pay(500, 's9');
  await seal();
  for (const table of TABLES) await sql(`create table kept_${table} as table ${table}`);
});
afterEach(async () => {
  for (const table of TABLES) await sql(`delete from ${table}`);
  for (const table of TABLES) await sql(`insert into ${table} select * from kept_${table}`);
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));

const problems = async (options = {}) => (await verify(admin, options)).problems;
const codes = async (options = {}) => [...new Set((await problems(options)).map((one) => one.code))];
const third = async () => (await sql('select id, writer, seq from decisions order by writer, seq offset 2 limit 1'))[0];

test('what nobody touched is proven', async () => {
  const proof = await verify(admin, { checkpoints: [elsewhere] });
  expect(proof).toMatchObject({ ok: true, problems: [], checkpoints: 2, keptCheckpoints: 3, auditWaiting: 0 });
  expect(proof.decisions).toBe(11);
  expect(proof.auditEntries).toBeGreaterThan(4);
  expect(proof.ledgerEntries).toBeGreaterThan(11);
});

test.each([
  ['trace', `trace = replace(trace, 'acct-log', 'acct-lag')`],
  ['message', `message = coalesce(message, '') || '.'`],
  ['latency', 'latency_us = latency_us + 1'],
  ['time, by a microsecond', `at = at + interval '1 microsecond'`],
  ['token', `token_id = '0190aaaa-0000-7000-8000-000000000001'`],
  ['verdict', `verdict = case verdict when 'allow' then 'deny' else 'allow' end`],
])('one changed byte of a decision: its %s', async (_, change) => {
  const { id } = await third();
  await sql(`update decisions set ${change} where id = $1`, [id]);
  expect(await problems()).toMatchObject([{ code: 'record.changed', record: `decision ${id}` }]);
});

test('a changed hash is told from a changed text', async () => {
  const { id } = await third();
  await sql(`update decisions set hash = set_byte(hash, 5, (get_byte(hash, 5) + 1) % 256) where id = $1`, [id]);
  const found = await problems();
  expect(found).toHaveLength(1);
  expect(found[0]!.message).toContain('its stored hash was changed; its text is as sealed');
});

test('the last record of a chain is no exception: its text and its hash', async () => {
  const last = (await sql('select d.id from decisions d join writers w on w.id = d.writer and w.seq = d.seq'))[0];
  await sql(`update decisions set trace = replace(trace, 'acct-log', 'acct-lag') where id = $1`, [last.id]);
  expect(await codes()).toContain('record.changed');
});

test('a decision taken out', async () => {
  const { id, seq } = await third();
  await sql('delete from decisions where id = $1', [id]);
  const [first] = await problems();
  expect(first!.code).toBe('record.missing');
  expect(first!.message).toMatch(new RegExp(`(Record|record) ${seq}\\b`));
});

test('a decision copied to another place', async () => {
  const { id } = await third();
  await sql(`create temp table copy as select * from decisions where id = '${id}'`).catch(() => undefined);
  await sql(
    `insert into decisions select (d).* from (select jsonb_populate_record(d, '{"id": "0190aaaa-0000-7000-8000-000000000001"}') as d from decisions d where id = $1) q`,
    [id],
  );
  expect(await codes()).toContain('record.twice');
});

test('a ledger entry of a decision, changed', async () => {
  const [entry] = await sql('select exposure_id, revision from ledger_entries where decision_id = $1 limit 1', [
    (await third()).id,
  ]);
  await sql('update ledger_entries set settled = settled + 1 where exposure_id = $1 and revision = $2', [
    entry.exposure_id,
    entry.revision,
  ]);
  expect(await codes()).toEqual(expect.arrayContaining(['record.changed', 'ledger.sum']));
});

test('a ledger entry of its own (the end of a hold), changed or taken out', async () => {
  const [entry] = await sql(
    `select exposure_id, revision from ledger_entries where kind = 'settle' and hold_id is not null limit 1`,
  );
  await sql("update ledger_entries set at = at + interval '1 ms' where exposure_id = $1 and revision = $2", [
    entry.exposure_id,
    entry.revision,
  ]);
  expect(await problems()).toMatchObject([
    { code: 'record.changed', record: `ledger entry ${entry.revision} of exposure ${entry.exposure_id}` },
  ]);
  await sql('delete from ledger_entries where exposure_id = $1 and revision = $2', [entry.exposure_id, entry.revision]);
  expect(await codes()).toEqual(expect.arrayContaining(['record.missing', 'counter.differs']));
});

test('a changed counter', async () => {
  const [one] = await sql(
    `update exposures set settled = settled + 1 where id = (select id from exposures where meter = 'paid_24h' limit 1) returning id`,
  );
  const found = await problems();
  expect(found[0]).toMatchObject({ code: 'counter.differs', record: `exposure ${one.id}` });
  expect(found[0]!.message).toMatch(/its counter says settled \d+, held 0; its log comes to settled \d+, held 0/);
});

test('a counter set back together with its last ledger entry', async () => {
  const [last] = await sql(
    `select e.id, l.revision from exposures e join ledger_entries l on l.exposure_id = e.id and l.revision = e.revision where e.meter = 'paid_24h' limit 1`,
  );
  await sql('delete from ledger_entries where exposure_id = $1 and revision = $2', [last.id, last.revision]);
  await sql(
    `update exposures e set revision = l.revision, settled = l.settled_now, held = l.held_now from ledger_entries l where e.id = $1 and l.exposure_id = e.id and l.revision = e.revision - 1`,
    [last.id],
  );
  expect(await codes()).not.toEqual([]);
});

test('an audit row changed, taken out, or its seal loosened', async () => {
  const [one] = await sql(`select id, seq from audit_entries where target_name = 'two'`);
  await sql(`update audit_entries set reason = 'it was somebody else' where id = $1`, [one.id]);
  expect(await problems()).toMatchObject([{ code: 'record.changed', record: `audit entry ${one.id}` }]);
  await sql(`update audit_entries set reason = null, seq = null where id = $1`, [one.id]);
  expect(await codes()).toEqual(['record.missing']);
  await sql('delete from audit_entries where id = $1', [one.id]);
  expect((await problems())[0]!.message).toContain(`Record ${one.seq} is missing`);
});

test('the tail cut, head and all', async () => {
  const [w] = await sql(`select id, seq from writers where kind = 'lane' order by seq desc limit 1`);
  const [before] = await sql(
    'select seq, hash from decisions where writer = $1 and seq < $2 order by seq desc limit 1',
    [w.id, w.seq],
  );
  await sql('delete from decisions where writer = $1 and seq > $2', [w.id, before.seq]);
  await sql('delete from ledger_entries where writer = $1 and seq > $2', [w.id, before.seq]);
  expect(await codes()).toContain('tail.cut');
});

/** Cuts the log back to before a checkpoint as somebody would who knows how it works: records, heads, counters, checkpoints. */
async function cutBack(toSeq: number): Promise<void> {
  const [w] = await sql(`select id from writers where kind = 'lane' order by seq desc limit 1`);
  await sql('delete from decisions where writer = $1 and seq > $2', [w.id, toSeq]);
  await sql('delete from ledger_entries where writer = $1 and seq > $2', [w.id, toSeq]);
  await sql(
    `update writers set seq = q.seq, hash = q.hash from (select seq, hash from decisions where writer = $1 order by seq desc limit 1) q where id = $1`,
    [w.id],
  );
  await sql(`update exposures e set revision = q.revision, settled = q.settled_now, held = q.held_now from (
    select distinct on (exposure_id) exposure_id, revision, settled_now, held_now from ledger_entries order by exposure_id, revision desc) q where q.exposure_id = e.id`);
}

test('a tail cut so well that the rest agrees is found by the checkpoints', async () => {
  const [some] = await sql('select seq from decisions order by seq offset 3 limit 1');
  await cutBack(Number(some.seq));
  const found = (await problems()).filter((one) => one.code === 'tail.cut');
  expect(found.map((one) => one.message).join()).toMatch(
    /Checkpoint 1 of .* has record \d+ of writer .*; now its chain ends at/,
  );
});

test('a tail cut with its checkpoints is found by a copy kept elsewhere, and by what BRAID_HOME keeps', async () => {
  const [some] = await sql('select seq from decisions order by seq offset 3 limit 1');
  await cutBack(Number(some.seq));
  await sql('delete from checkpoints where seq > 1');
  const found = await problems({ checkpoints: [elsewhere] });
  expect(found.map((one) => one.message).join()).toMatch(
    /Checkpoint 2 of .*, kept in .*elsewhere\.json and .*, is not in the database/,
  );
  expect(found.map((one) => one.message).join()).toMatch(/elsewhere\.json and .*checkpoints\/[0-9a-f-]+\.ndjson/);
});

test('a writer taken away with all its records', async () => {
  const [w] = await sql(`select id from writers where kind = 'audit'`);
  await sql('delete from writers where id = $1', [w.id]);
  await sql('update audit_entries set seq = null');
  expect(await codes()).toContain('writer.gone');
});

test('a checkpoint changed, taken out, or signed by somebody else', async () => {
  await sql(`update checkpoints set text = replace(text, '"writers":', '"writers":1') where seq = 1`);
  expect(await codes()).toContain('checkpoint.signature');
  await sql('delete from checkpoints where seq = 1');
  expect(await codes()).toContain('checkpoint.missing');
});

test('heads bent beside a checkpoint', async () => {
  await sql(`update checkpoints set heads = jsonb_set(heads, '{0,1}', '"1"') where seq = 1`);
  expect(await codes()).toContain('checkpoint.changed');
});

test('a kept checkpoint of another log or hand is refused as such', async () => {
  const forged = path.join(home, 'forged.json');
  const real = JSON.parse(fs.readFileSync(elsewhere, 'utf8'));
  fs.writeFileSync(forged, JSON.stringify({ ...real, text: real.text.replace('"seq":"2"', '"seq":"9"') }));
  expect(await codes({ checkpoints: [forged] })).toEqual(['checkpoint.signature']);
  await expect(verify(admin, { checkpoints: [path.join(home, 'nothing.json')] })).rejects.toMatchObject({
    code: 'input.invalid',
  });
});
