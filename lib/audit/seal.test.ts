import pg from 'pg';
import { expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { entryText, SEALED_COLUMNS, type SealedRow } from '@/lib/audit/entry-text';
import { record } from '@/lib/audit/record';
import { seal } from '@/lib/audit/seal';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { genesis, seal as sealRecord } from '@/lib/decisions/seal';

const db = testDatabase();
const ctx: Ctx = { actor: { kind: 'cli', name: 'cli:ada' } };
const write = (name: string, detail = {}) =>
  transaction((tx) =>
    record(tx, ctx, { action: 'identity.revoke', target: { type: 'identity', id: 'i', name }, detail }),
  );

interface Sealed extends SealedRow {
  seq: bigint;
  hash: Buffer;
}
const sealedRows = async () =>
  (
    await pool().query<Sealed>(
      `select ${SEALED_COLUMNS}, seq, hash from audit_entries where seq is not null order by seq`,
    )
  ).rows;

test('a row that commits late is sealed after those that committed before it, once, whatever its transaction began with', async () => {
  const late = new pg.Client({ connectionString: db.url });
  await late.connect();
  await late.query('begin');
  await late.query(
    `insert into audit_entries (id, actor_kind, actor_name, action, target_name) values ('01900000-0000-7000-8000-000000000001', 'cli', 'cli:bob', 'identity.pause', 'late')`,
  );
  await write('first', { amounts: [1, 2.5, 'ü'], deep: { b: null, a: true } });
  await write('second');
  expect(await seal()).toBe(2);
  await late.query('commit');
  await late.end();
  await write('third');
  expect(await seal()).toBe(2);
  expect(await seal()).toBe(0);
  expect((await sealedRows()).map((row) => row.target_name)).toEqual(['first', 'second', 'late', 'third']);
});

test('two workers at once seal every row once, into one chain', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, i) => write(`many-${i}`)));
  const counts = await Promise.all([seal(), seal(), seal()]);
  expect(counts.reduce((sum, n) => sum + n, 0)).toBe(40);
  const rows = await sealedRows();
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, i) => BigInt(i + 1)));
  const [writer] = (await pool().query(`select id, seq, hash, links from writers where kind = 'audit'`)).rows;
  let hash = genesis(writer.id, writer.links);
  for (const row of rows) {
    hash = sealRecord(hash, writer.id, row.seq, entryText(row));
    expect(hash.equals(row.hash)).toBe(true);
  }
  expect(hash.equals(writer.hash)).toBe(true);
});
