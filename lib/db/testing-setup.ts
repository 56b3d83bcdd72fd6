// vitest's global set-up: one PostgreSQL in a temporary folder and a migrated template database for all test files.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbedded } from '@/lib/db/embedded';
import { migrate } from '@/lib/db/migrate';

export default async function setup(project: TestProject) {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-test-'));
  fs.chmodSync(home, 0o755);
  process.env.BRAID_HOME = path.join(home, 'braid'); // inherited by the workers: nothing is left in the tree
  const server = await startEmbedded(home);
  const template = new URL(server.url);
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  await admin.query('create database braid_template owner braid');
  await admin.end();
  template.pathname = '/braid_template';
  await migrate(template.toString());
  project.provide('adminUrl', server.adminUrl);
  project.provide('braidUrl', server.url);
  return async () => {
    await server.stop();
    fs.rmSync(home, { recursive: true, force: true });
  };
}
