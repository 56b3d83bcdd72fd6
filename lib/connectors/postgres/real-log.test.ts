import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { type Embedded, startEmbedded } from '@/lib/db/embedded';
import { testDatabase } from '@/lib/db/testing';
import { importSource } from '@/lib/sessions/import';

testDatabase();
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-pglog-'));
fs.chmodSync(home, 0o755);
let server: Embedded;
const ROLES = ['orders_api', 'billing_job'];

const connect = async (url: string) => {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** A server of its own that writes text, csvlog and jsonlog of the same connections at once. */
beforeAll(async () => {
  server = await startEmbedded(home);
  const admin = await connect(server.adminUrl);
  const settings = {
    logging_collector: 'on',
    log_destination: 'stderr,csvlog,jsonlog',
    log_connections: 'on',
    log_disconnections: 'on',
    log_timezone: 'America/New_York',
    log_line_prefix: '%m [%p] %q%u@%d %h ',
  };
  for (const [name, value] of Object.entries(settings)) await admin.query(`alter system set ${name} = '${value}'`);
  for (const role of ROLES) await admin.query(`create role ${role} login password 'pw'`);
  await admin.end();
  await server.stop();
  server = await startEmbedded(home);
  const url = (role: string) => {
    const made = new URL(server.adminUrl);
    made.username = role;
    made.password = 'pw';
    return made.toString();
  };
  const first = await connect(url('orders_api'));
  const second = await connect(url('orders_api'));
  const other = await connect(url('billing_job'));
  await first.query("select 'a\nb' as nonsense from nowhere").catch(() => undefined);
  await Promise.all([first.end(), other.end()]);
  const ender = await connect(server.adminUrl);
  await ender.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'orders_api'`);
  await ender.end();
  await second.end().catch(() => undefined);
  await server.stop();
}, 120_000);
afterAll(async () => {
  await server.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

const sessions = async () =>
  (
    await pool().query<{ name: string; started_at: Date; ended_at: Date; network: string }>(
      `select i.name, s.started_at, s.ended_at, s.network from sessions s join identities i on i.id = s.identity_id
        where s.source = 'postgres' and i.name = any($1) order by s.started_at, i.name`,
      [ROLES],
    )
  ).rows;
const forget = async () => {
  for (const table of ['session_events', 'event_keys', 'sessions']) await pool().query(`delete from ${table}`);
};
const read = (ending: string) => {
  const dir = path.join(server.dataDir, 'log');
  const paths = fs.readdirSync(dir).filter((name) => name.endsWith(ending));
  return importSource(systemCtx('test'), { format: 'auto', paths: paths.map((name) => path.join(dir, name)) });
};

test('text, csvlog and jsonlog of one real server give the same sessions; csvlog and jsonlog even the same events', async () => {
  const whole = { format: 'postgres', rejectedTotal: 0, rejected: [] };
  expect(await read('.log')).toMatchObject(whole);
  const plain = await sessions();
  await forget();
  const csv = await read('.csv');
  expect(csv).toMatchObject(whole);
  expect(await sessions()).toEqual(plain);
  expect(await read('.json')).toMatchObject({ ...whole, events: 0, sessions: 0, duplicates: csv.events });
  expect(plain.map((each) => each.name).sort()).toEqual(['billing_job', 'orders_api', 'orders_api']);
  for (const each of plain) expect(each).toMatchObject({ ended_at: expect.any(Date), network: '127.0.0.1' });
}, 180_000);
