// The four data systems over TLS, each the real server with a certificate of an authority made here, for the name localhost.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { moduleOf } from '@/lib/connectors/registry';
import { type Certificates, makeCertificates } from '@/lib/connectors/testing-certificates';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { findProgram, startServer } from '@/lib/connectors/testing-server';
import { startEmbedded } from '@/lib/db/embedded';

interface Served {
  /** The connect form's values, host and TLS left out. */
  values: Record<string, string>;
  at(host: string): Record<string, string>;
  stop(): Promise<unknown>;
}

const temporary = (): string => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-tls-'));
  fs.chmodSync(folder, 0o755);
  return folder;
};

async function servePostgres(): Promise<Served & { made: Certificates }> {
  const home = temporary();
  const server = await startEmbedded(home);
  const made = makeCertificates(server.dataDir);
  const { uid, gid } = fs.statSync(server.dataDir);
  for (const file of Object.values(made.files)) fs.chownSync(file, uid, gid);
  fs.chmodSync(made.files.key, 0o600);
  const admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
  await admin.query(`alter system set ssl_cert_file = '${made.files.cert}'`);
  await admin.query(`alter system set ssl_key_file = '${made.files.key}'`);
  await admin.query('alter system set ssl = on');
  await admin.query('select pg_reload_conf()');
  await admin.end();
  const { port, username, password } = new URL(server.adminUrl);
  const values = { port, database: 'postgres', user: username, password: decodeURIComponent(password) };
  const stop = async () => {
    await server.stop();
    fs.rmSync(home, { recursive: true, force: true });
  };
  return { made, values, at: (host) => ({ host }), stop };
}

async function serveMysql(): Promise<Served & { made: Certificates }> {
  let made!: Certificates;
  const server = await startServer({
    title: 'mariadbd (Debian: mariadb-server)',
    command: 'mariadbd',
    user: 'mysql',
    withinMs: 90_000,
    prepare: ({ folder }) => {
      made = makeCertificates(folder);
      const install = findProgram('mariadb-install-db') ?? '/usr/bin/mariadb-install-db';
      const how = [
        '--no-defaults',
        `--datadir=${path.join(folder, 'data')}`,
        '--auth-root-authentication-method=normal',
      ];
      execFileSync(install, how, { stdio: 'pipe' });
    },
    args: ({ port, folder }) => [
      ...['--no-defaults', `--datadir=${path.join(folder, 'data')}`, `--socket=${path.join(folder, 's')}`],
      ...[`--port=${port}`, '--bind-address=127.0.0.1', '--require-secure-transport=ON'],
      ...[`--ssl-cert=${made.files.cert}`, `--ssl-key=${made.files.key}`],
    ],
  });
  return { made, values: { port: `${server.port}`, user: 'root' }, at: (host) => ({ host }), stop: server.stop };
}

async function serveRedis(): Promise<Served & { made: Certificates }> {
  let made!: Certificates;
  const server = await startServer({
    title: 'redis-server (Debian: redis-server)',
    command: 'redis-server',
    prepare: ({ folder }) => {
      made = makeCertificates(folder);
      fs.writeFileSync(path.join(folder, 'users.acl'), 'user default off\nuser braid on >p4ss ~* &* +@all\n');
    },
    args: ({ port, folder }) => [
      ...['--port', '0', '--tls-port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder],
      ...['--tls-cert-file', made.files.cert, '--tls-key-file', made.files.key, '--tls-ca-cert-file', made.files.ca],
      ...['--tls-auth-clients', 'no', '--aclfile', path.join(folder, 'users.acl')],
    ],
  });
  const values = { user: 'braid', password: 'p4ss' };
  return { made, values, at: (host) => ({ nodes: `${host}:${server.port}` }), stop: server.stop };
}

async function serveRabbitmq(): Promise<Served & { made: Certificates }> {
  let made!: Certificates;
  const server = await startServer({
    title: 'rabbitmq-server (Debian: rabbitmq-server)',
    command: '/usr/lib/rabbitmq/bin/rabbitmq-server',
    user: 'rabbitmq',
    morePorts: 3,
    withinMs: 120_000,
    prepare: ({ port, ports, folder }) => {
      made = makeCertificates(folder);
      const { ca, cert, key } = made.files;
      const files = (of: string) => [`${of}.cacertfile = ${ca}`, `${of}.certfile = ${cert}`, `${of}.keyfile = ${key}`];
      const lines = ['listeners.tcp = none', `listeners.ssl.1 = 127.0.0.1:${port}`, ...files('ssl_options')];
      lines.push('management.ssl.ip = 127.0.0.1', `management.ssl.port = ${ports[0]}`, ...files('management.ssl'));
      fs.writeFileSync(path.join(folder, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
      fs.writeFileSync(path.join(folder, 'plugins'), '[rabbitmq_management].');
    },
    args: () => [],
    env: ({ port, ports, folder }) => ({
      HOME: folder,
      RABBITMQ_MNESIA_BASE: path.join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: path.join(folder, 'log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_NODENAME: `braid${port}@localhost`,
      RABBITMQ_DIST_PORT: String(ports[1]),
      ERL_EPMD_PORT: String(ports[2]),
      RABBITMQ_CONFIG_FILE: path.join(folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, 'plugins'),
    }),
    ready: async ({ output }) => output.includes('Server startup complete'),
  });
  const canary = { canary: 'guest', canaryPassword: 'guest' };
  const stop = async () => {
    await server.stop();
    const epmd = findProgram('epmd');
    if (epmd) execFileSync(epmd, ['-port', String(server.ports[2]), '-kill'], { stdio: 'ignore' });
  };
  return {
    made,
    values: { user: 'guest', password: 'guest', ownNetwork: 'yes', ...canary },
    at: (host) => ({ url: `https://${host}:${server.ports[0]}`, amqp: `amqps://${host}:${server.port}` }),
    stop,
  };
}

const SYSTEMS = { postgres: servePostgres, mysql: serveMysql, redis: serveRedis, rabbitmq: serveRabbitmq };

function open(vendor: string, { values, at }: Served, host: string, more: Record<string, string>): Promise<Connection> {
  const module = moduleOf(vendor);
  const { config, secrets } = module.manifest.split({ ...values, ...at(host), ...more });
  const host_ = { connectorId: 'c', own: null, notes: testingNotes() };
  return module.connect(module.manifest.config.parse(config), module.manifest.secrets.parse(secrets), host_);
}

describe.each(Object.keys(SYSTEMS) as (keyof typeof SYSTEMS)[])('%s over TLS', (vendor) => {
  let served: Served & { made: Certificates };
  beforeAll(async () => {
    served = await SYSTEMS[vendor]();
  });
  afterAll(() => served?.stop());

  test('with the authority pasted its certificate is checked without a word more, and that is said', async () => {
    const connection = await open(vendor, served, 'localhost', { ca: served.made.ca });
    const said = (await connection.test()).checks.find((one) => one.check === 'Encrypted connection');
    expect(said).toMatchObject({ ok: true, detail: 'TLS, and the certificate was checked.' });
    expect((await connection.discover!()).length).toBeGreaterThan(0);
    if (vendor === 'rabbitmq') expect(await (await connection.enterAsCanary!('guest'))!.alive()).toBe(true);
    await connection.close();
  });

  test.each([
    [
      'another authority',
      'localhost',
      () => served.made.strangers,
      /not from an authority that is trusted here: paste/,
    ],
    ['no authority', 'localhost', () => '', /not from an authority that is trusted here: paste/],
    ['a certificate for another name', '127.0.0.1', () => served.made.ca, /for another name: connect by a name/],
    ['what is no certificate', 'localhost', () => 'mistyped', /can’t be read|not from an authority/],
  ])('%s is refused, and what to do is said', async (_, host, ca, words) => {
    const checked = { ca: ca(), ...(vendor === 'postgres' ? { sslMode: 'verify-full' } : {}) };
    const more = vendor === 'rabbitmq' || vendor === 'postgres' ? checked : { ...checked, tls: 'verify-full' };
    await expect(open(vendor, served, host, more).then((connection) => connection.test())).rejects.toMatchObject({
      code: 'connector.unreachable',
      publicMessage: expect.stringMatching(words),
    });
  });
});
