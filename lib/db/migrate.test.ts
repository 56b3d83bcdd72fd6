import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { pool, prisma } from '@/lib/db/client';
import { migrate } from '@/lib/db/migrate';
import { testDatabase } from '@/lib/db/testing';
import { projectRoot } from '@/lib/platform/env';

const database = testDatabase();
const dir = path.join(projectRoot(), 'prisma', 'migrations');
const schema = fs.readFileSync(path.join(projectRoot(), 'prisma', 'schema.prisma'), 'utf8');
const models = [...schema.matchAll(/^model (\w+) \{/gm)].map((match) => match[1]!);

test('the last migration was made from the schema as it stands', () => {
  const last = fs
    .readdirSync(dir)
    .filter((name) => /^\d/.test(name))
    .sort()
    .at(-1)!;
  expect(fs.readFileSync(path.join(dir, last, 'schema.prisma'), 'utf8')).toBe(schema);
});

test.each(models)('a freshly migrated database has every column of %s', async (model) => {
  const delegate = prisma()[(model[0]!.toLowerCase() + model.slice(1)) as 'identity'];
  await expect(delegate.findFirst()).resolves.toBeNull();
});

test('migrating again changes nothing, and a database of a newer version is refused', async () => {
  expect(await migrate(database.url)).toEqual([]);
  await pool().query(
    `insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', 'x', '29990101000000_later', now())`,
  );
  await expect(migrate(database.url)).rejects.toMatchObject({ code: 'start.database' });
  await pool().query(`delete from _prisma_migrations where id = 'x'`);
});

test('rows of partitioned tables land in the partition of the day they arrive, others in the default', async () => {
  const { rows } = await pool().query(
    `select count(*)::int as n from pg_inherits where inhparent in ('decisions'::regclass, 'ledger_entries'::regclass, 'session_events'::regclass, 'audit_entries'::regclass)`,
  );
  expect(rows[0].n).toBeGreaterThanOrEqual(4 * 9);
  await pool().query(`select braid_ensure_partitions(current_date, 8)`);
  const again = await pool().query(`select count(*)::int as n from pg_inherits`);
  expect(again.rows[0].n).toBeGreaterThanOrEqual(rows[0].n);
});
