import { beforeAll, expect, test } from 'vitest';
import { record } from '@/lib/audit/record';
import { seal } from '@/lib/audit/seal';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { admin, applyTestPolicies, ask } from '@/lib/decisions/testing-ask';
import { verify } from '@/lib/decisions/verify';

// Whatever column a table of the log has or gets: a change in it is found. The day is left out for decisions and ledger
// entries: it only says in which partition a row lies.

testDatabase();
const sql = async (text: string, values: unknown[] = []) => (await pool().query(text, values)).rows;

beforeAll(async () => {
  await applyTestPolicies();
  for (let i = 0; i < 4; i += 1) await ask({ subject: 'svc-c', resource: 'acct', context: { amount: 100 + i } });
  for (let i = 0; i < 3; i += 1)
    await transaction((tx) => record(tx, admin, { action: 'identity.annotate', detail: { i }, reason: 'because' }));
  await seal();
});

/** Another value of the same type. */
const OTHER: Record<string, (column: string) => string> = {
  text: (c) => `coalesce(${c}, '') || '.'`,
  uuid: (c) =>
    `case when ${c} = '0190aaaa-0000-7000-8000-000000000001' then '0190aaaa-0000-7000-8000-000000000002' else '0190aaaa-0000-7000-8000-000000000001'::uuid end`,
  integer: (c) => `coalesce(${c}, 0) + 1`,
  bigint: (c) => `coalesce(${c}, 0) + 1`,
  boolean: (c) => `not ${c}`,
  'timestamp with time zone': (c) => `${c} + interval '1 microsecond'`,
  bytea: (c) => `coalesce(set_byte(${c}, 3, (get_byte(${c}, 3) + 1) % 256), '\\x00'::bytea)`,
  jsonb: () => `'{"other": true}'::jsonb`,
};
/** What a check of the table itself allows. */
const CHECKED: Record<string, string> = {
  revision: 'revision + 1000',
  verdict: `case verdict when 'deny' then 'pause' else 'deny' end`,
};

test.each(['decisions', 'ledger_entries', 'audit_entries'])(
  'every column of %s is sealed',
  async (table) => {
    const columns = await sql(
      `select column_name as name, data_type as type from information_schema.columns where table_name = $1 and column_name <> 'day' order by ordinal_position`,
      [table],
    );
    expect(columns.length).toBeGreaterThan(10);
    await sql(`create table kept_${table} as table ${table}`);
    const [{ at }] = await sql(`select min(seq) + 1 as at from ${table}`);
    const blind: string[] = [];
    for (const { name, type } of columns) {
      const other = CHECKED[name] ?? OTHER[type]?.(`"${name}"`);
      if (!other) throw new Error(`no other value of ${type} (${table}.${name}) is known to this test`);
      await sql(
        `update ${table} set "${name}" = ${other} where ctid = (select ctid from ${table} where seq = $1 limit 1)`,
        [at],
      );
      if ((await verify(admin)).ok) blind.push(name);
      await sql(`delete from ${table}`);
      await sql(`insert into ${table} select * from kept_${table}`);
    }
    expect(blind).toEqual([]);
    expect((await verify(admin)).problems).toEqual([]);
  },
  180_000,
);
