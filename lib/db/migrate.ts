import fs from 'node:fs';
import path from 'node:path';
import { runMigrations } from 'graphile-worker';
import type pg from 'pg';
import { loneClient } from '@/lib/db/lone-client';
import { projectRoot } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { newId, sha256Hex } from '@/lib/platform/ids';

/** One lock for everybody who might migrate the same database at the same moment. Arbitrary, fixed. */
const MIGRATE_LOCK = 7_262_001n;

const migrationNames = (dir: string): string[] =>
  fs
    .readdirSync(dir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();

async function applied(client: pg.Client): Promise<string[]> {
  const table = await client.query(`select to_regclass('public._prisma_migrations') as found`);
  if (!table.rows[0].found) return [];
  const rows = await client.query<{ migration_name: string }>(
    'select migration_name from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  return rows.rows.map((row) => row.migration_name).sort();
}

/**
 * Brings a database to this version: Prisma's migrations, the job queue's, and the partitions of the coming days.
 * Returns the names applied. Throws `start.database` with what the server said; a failed migration is rolled back by PostgreSQL.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const dir = path.join(projectRoot(), 'prisma', 'migrations');
  const client = loneClient({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    application_name: 'braid migrate',
  });
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [MIGRATE_LOCK]);
    const have = await applied(client);
    const newer = have.filter((name) => !migrationNames(dir).includes(name));
    if (newer.length) {
      throw new BraidError(
        'start.database',
        `The database is newer than this Braid (it has migration ${newer[0]}). Start the newer version.`,
      );
    }
    const missing = migrationNames(dir).filter((name) => !have.includes(name));
    for (const name of missing) await apply(client, dir, name);
    await runMigrations({ connectionString: databaseUrl });
    await client.query('select braid_ensure_partitions(current_date, 8)');
    return missing;
  } catch (cause) {
    if (cause instanceof BraidError) throw cause;
    throw new BraidError(
      'start.database',
      `The database could not be brought up to date: ${(cause as Error).message}`,
      { cause },
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Prisma's own bookkeeping table, as its CLI makes it, so that `prisma migrate status|deploy` agrees with what happened here. */
const BOOKKEEPING = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz,
  migration_name varchar(255) not null, logs text, rolled_back_at timestamptz,
  started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;

/** Applies one migration whole or not at all: the schema engine would run it statement by statement and leave a half. */
async function apply(client: pg.Client, dir: string, name: string): Promise<void> {
  const sql = fs.readFileSync(path.join(dir, name, 'migration.sql'), 'utf8');
  await client.query('begin');
  try {
    await client.query(BOOKKEEPING);
    await client.query(sql);
    await client.query(
      `insert into _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) values ($1, $2, now(), $3, 1)`,
      [newId(), sha256Hex(sql), name],
    );
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new BraidError(
      'start.database',
      `Migration ${name} failed and was rolled back: ${(cause as Error).message}`,
      { cause },
    );
  }
}
