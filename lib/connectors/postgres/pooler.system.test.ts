import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { postgres } from '@/lib/connectors/postgres/connector';
import { manifest } from '@/lib/connectors/postgres/manifest';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { startServer, type TestServer } from '@/lib/connectors/testing-server';
import { type Embedded, startEmbedded } from '@/lib/db/embedded';

const PASSWORD = 'p4ss';
const ROLES = ['svc_orders', 'svc_billing', 'app_shared', 'braid_connector'];
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-pooler-'));
fs.chmodSync(home, 0o755);
let server: Embedded;
let pooler: TestServer;
let connection: Connection;
const opened: pg.Client[] = [];

async function admin(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

/** A client of the pooler, which has done something there. */
async function through(user: string, database: string, application = 'worker') {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: pooler.port,
    user,
    password: PASSWORD,
    database,
    application_name: application,
  });
  let open = true;
  client
    .on('error', () => undefined)
    .on('end', () => {
      open = false;
    });
  try {
    await client.connect();
    await client.query('select 1');
  } catch {
    await client.end().catch(() => undefined);
    return undefined;
  }
  opened.push(client);
  return {
    client,
    works: () =>
      client.query('select 1').then(
        () => true,
        () => false,
      ),
    open: () => open,
  };
}

const of = async (role: string) =>
  (await connection.listSessions!()).filter((session) => session.externalIdentityId === role);

beforeAll(async () => {
  server = await startEmbedded(home);
  const url = new URL(server.adminUrl);
  await admin(
    ...ROLES.map((role) => `create role ${role} login password '${PASSWORD}'`),
    'alter role braid_connector createrole',
    'grant pg_read_all_stats, pg_signal_backend to braid_connector',
    ...ROLES.slice(0, 3).map((role) => `grant ${role} to braid_connector with admin true, inherit false, set false`),
  );
  pooler = await startServer({
    title: 'pgbouncer (Debian: pgbouncer)',
    command: 'pgbouncer',
    user: 'nobody',
    prepare: ({ port, folder }) => {
      const users = [...ROLES, 'console', 'listed_only'].map((user) => `"${user}" "${PASSWORD}"`);
      fs.writeFileSync(path.join(folder, 'users'), `${users.join('\n')}\n`);
      const at = `host=127.0.0.1 port=${url.port} dbname=postgres`;
      const lines = [
        '[databases]',
        `shop = ${at}`,
        `everybody = ${at} user=app_shared password=${PASSWORD}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${port}`,
        'unix_socket_dir =',
        'auth_type = plain',
        `auth_file = ${path.join(folder, 'users')}`,
        'admin_users = console',
        'pool_mode = transaction',
        'server_login_retry = 1',
        'ignore_startup_parameters = extra_float_digits',
      ];
      fs.writeFileSync(path.join(folder, 'ini'), `${lines.join('\n')}\n`);
    },
    args: ({ folder }) => [path.join(folder, 'ini')],
  });
  const { config, secrets } = manifest.split({
    host: url.hostname,
    port: url.port,
    database: 'postgres',
    user: 'braid_connector',
    password: PASSWORD,
    pooler: `127.0.0.1:${pooler.port}`,
    poolerUser: 'console',
    poolerPassword: PASSWORD,
  });
  connection = await postgres.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes: testingNotes(),
  });
}, 120_000);

afterAll(async () => {
  for (const client of opened) await client.end().catch(() => undefined);
  await connection?.close();
  await pooler?.stop();
  await server?.stop();
  fs.rmSync(home, { recursive: true, force: true });
});

test('behind PgBouncer the real clients are seen, each once, and not the pooler’s own connections', async () => {
  const { checks } = await connection.test();
  expect(checks.find((one) => one.check === 'PgBouncer console')).toMatchObject({ ok: true });
  const [one, two] = [await through('svc_orders', 'shop', 'billing'), await through('svc_orders', 'shop', 'reports')];
  const listed = await of('svc_orders');
  expect(listed.map((session) => session.label).sort()).toEqual([
    'billing · 127.0.0.1 · through PgBouncer',
    'reports · 127.0.0.1 · through PgBouncer',
  ]);
  expect(new Set(listed.map((session) => session.key)).size).toBe(2);
  await Promise.all([one!.client.end(), two!.client.end()]);
  expect(await of('svc_orders')).toEqual([]);
});

test('a blocked role’s clients are out and closed at the pooler, where the pooler logs in as them', async () => {
  const one = await through('svc_orders', 'shop');
  expect(await connection.blockIdentity!('svc_orders')).toMatchObject({ state: 'effective', affected: 1 });
  expect(await one!.works()).toBe(true);
  expect(await connection.endSessions!('svc_orders')).toMatchObject({ state: 'effective' });
  expect(await one!.works()).toBe(false);
  expect(await through('svc_orders', 'shop')).toBeUndefined();
  const probed = await connection.probeIdentity!('svc_orders');
  expect(probed).toMatchObject({ result: 'gone' });
  expect(probed.checks.find((check) => check.check === 'clients at PgBouncer')).toMatchObject({ saw: '0' });
  await connection.restoreIdentity!('svc_orders');
});

test('where the pooler logs in as one role for everybody, a blocked role goes on: ended if it is alone, else said, never proven', async () => {
  const alone = await through('svc_orders', 'everybody');
  await connection.blockIdentity!('svc_orders');
  expect(await alone!.works()).toBe(true);
  expect((await connection.predict!('app_shared')).map((hit) => hit.what)).toContain('svc_orders through PgBouncer');
  expect(await connection.endSessions!('svc_orders')).toMatchObject({ state: 'effective', affected: 1 });
  expect(await alone!.works()).toBe(false);

  const again = await through('svc_orders', 'everybody');
  const other = await through('svc_billing', 'everybody');
  expect(again).toBeDefined();
  expect(await connection.endSessions!('svc_orders')).toMatchObject({ state: 'accepted' });
  const probed = await connection.probeIdentity!('svc_orders');
  expect(probed).toMatchObject({ result: 'gone', residuals: [{ gap: 'G7' }] });
  expect(probed.residuals[0]!.what).toContain('1 clients at PgBouncer');
  expect(await other!.works()).toBe(true);
  const [meant] = await of('svc_orders');
  expect(await connection.terminateSession!(meant!)).toMatchObject({ state: 'failed' });
  expect(await other!.works()).toBe(true);
  await other!.client.end();
  expect(await connection.terminateSession!(meant!)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await connection.probeSession!(meant!)).toMatchObject({ result: 'gone' });
  expect(await connection.terminateSession!(meant!)).toMatchObject({ state: 'effective', affected: 0 });
  expect((await connection.probeIdentity!('svc_orders')).residuals).toMatchObject([{ gap: 'G7' }]);
  await connection.restoreIdentity!('svc_orders');
  expect(await through('svc_orders', 'everybody')).toBeDefined();
});

test('somebody only the pooler knows is an identity too, whom no block at the server reaches', async () => {
  const one = await through('listed_only', 'everybody');
  expect((await connection.discover!()).find((found) => found.externalId === 'listed_only')).toMatchObject({
    enabled: true,
    attributes: { onlyAtPooler: true },
  });
  expect(await of('listed_only')).toHaveLength(1);
  await connection.blockIdentity!('listed_only');
  await connection.endSessions!('listed_only');
  expect((await connection.probeIdentity!('listed_only')).residuals).toMatchObject([{ gap: 'G7' }]);
  await one!.client.end();
});

test('a pooler’s client of a protected role is not ended', async () => {
  const session = (await of('svc_orders'))[0]!;
  await expect(connection.terminateSession!({ ...session, externalIdentityId: 'postgres' })).rejects.toMatchObject({
    code: 'connector.protected',
  });
});

/** pg_hba.conf: these lines, and the roles that have to get in. */
async function rules(...lines: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: server.adminUrl });
  await client.connect();
  const { rows } = await client.query<{ hba_file: string }>('show hba_file');
  const base = 'host all postgres,braid_connector,app_shared 127.0.0.1/32 scram-sha-256';
  fs.writeFileSync(rows[0]!.hba_file, `${[...lines, base].join('\n')}\n`);
  await client.query('select pg_reload_conf()');
  await client.end();
}
const asked = () => ({ since: new Date().toISOString(), fresh: randomBytes(32).toString('base64url') });

test('a pooler that lets in by its own list still takes the old secret where it logs in for everybody: said, never proven', async () => {
  const [shop, everybody] = [await through('svc_orders', 'shop'), await through('svc_orders', 'everybody')];
  const rotation = asked();
  const { secret } = await connection.rotateSecret!('svc_orders', rotation);
  await connection.endSessions!('svc_orders');
  expect([await shop!.works(), await everybody!.works()]).toEqual([false, false]);
  expect(await through('svc_orders', 'shop')).toBeUndefined();
  expect(await through('svc_orders', 'everybody')).toBeDefined();
  const probed = await connection.probeRotated!('svc_orders', { ...rotation, secret });
  expect(probed).toMatchObject({ result: 'gone', residuals: [{ gap: 'G7' }] });
});

test('other ways in are no secret to be changed: told, refused, or found to be open', async () => {
  const rotation = asked();
  await admin(
    'grant select on pg_hba_file_rules to braid_connector',
    'grant execute on function pg_hba_file_rules() to braid_connector',
  );
  const { secret } = await connection.rotateSecret!('svc_billing', rotation);
  await connection.endSessions!('svc_billing');
  const probe = () => connection.probeRotated!('svc_billing', { ...rotation, secret });
  const password = 'host all svc_billing 127.0.0.1/32 scram-sha-256';
  await rules('host all svc_billing 10.9.0.0/16 trust', 'local all svc_billing peer', password);
  const beside = await probe();
  expect(beside.result).toBe('gone');
  expect(beside.residuals.filter((one) => one.gap === 'G11')).toMatchObject([
    { what: 'logins by trust (host 10.9.0.0 to all)' },
  ]);
  await rules('host all svc_billing 127.0.0.1/32 trust');
  expect(await probe()).toMatchObject({
    result: 'alive',
    detail: 'the server lets it in without asking for a password',
  });
  await rules('host all svc_billing 10.9.0.0/16 scram-sha-256');
  expect((await probe()).result).toBe('unknown');
  await rules('host all svc_billing 127.0.0.1/32 ident');
  await expect(connection.rotateSecret!('svc_billing', rotation)).rejects.toMatchObject({
    code: 'connector.unsupported',
  });
  await rules('host all all 127.0.0.1/32 scram-sha-256');
});
