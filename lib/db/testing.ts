// For tests only: a database of their own for every test file, cloned from a migrated template on one shared server.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { connectDatabase, disconnectDatabase } from '@/lib/db/client';

declare module 'vitest' {
  interface ProvidedContext {
    adminUrl: string;
    braidUrl: string;
  }
}

export interface TestDatabase {
  /** As Braid's own role, owner of this database and no superuser. Set before the first test runs. */
  url: string;
  /** As superuser, in the same database. */
  adminUrl: string;
}

const inDatabase = (url: string, name: string): string => {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
};

/** Call at the top of a test file: `const db = testDatabase()`. Stores then work on it. */
export function testDatabase(): TestDatabase {
  const database: TestDatabase = { url: '', adminUrl: '' };
  const name = `t_${randomBytes(6).toString('hex')}`;
  const admin = async (sql: string) => {
    const client = new pg.Client({ connectionString: inject('adminUrl') });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  beforeAll(async () => {
    await admin(`create database ${name} template braid_template owner braid`);
    database.url = inDatabase(inject('braidUrl'), name);
    database.adminUrl = inDatabase(inject('adminUrl'), name);
    process.env.DATABASE_URL = database.url;
    connectDatabase(database.url);
  });
  afterAll(async () => {
    await disconnectDatabase();
    await admin(`drop database if exists ${name} with (force)`);
  });
  return database;
}
