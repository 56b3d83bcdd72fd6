// A real MariaDB for the file that imports this, with an ordinary account, one for Braid and one without rights.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import mysqlDriver from 'mysql2/promise';
import { afterAll, beforeAll } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { mysql } from '@/lib/connectors/mysql/connector';
import { manifest } from '@/lib/connectors/mysql/manifest';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { findProgram, startServer, type TestServer } from '@/lib/connectors/testing-server';

export const USER = 'svc-orders';
export const PASSWORD = 'p4ss';
/** The server, and what the tried account comes in with: another secret after a rotation. */
export const tried = { held: PASSWORD, port: 0, folder: '' };
let server: TestServer;

export async function admin<T>(...statements: string[]): Promise<T[]> {
  const connection = await mysqlDriver.createConnection({ host: '127.0.0.1', port: server.port, user: 'root' });
  try {
    let rows: unknown;
    for (const statement of statements) [rows] = await connection.query(statement);
    return rows as T[];
  } finally {
    await connection.end();
  }
}

export async function login(user = USER, database?: string, password = user === USER ? tried.held : PASSWORD) {
  try {
    const client = await mysqlDriver.createConnection({
      host: '127.0.0.1',
      port: server.port,
      user,
      password,
      ...(database ? { database } : {}),
    });
    client.on('error', () => undefined);
    opened.push(client);
    return {
      client,
      alive: () =>
        client.query('select 1').then(
          () => true,
          () => false,
        ),
    };
  } catch {
    return undefined;
  }
}
const opened: mysqlDriver.Connection[] = [];

export const connect = (user = 'braid', values: Record<string, string> = {}): Promise<Connection> => {
  const { config, secrets } = manifest.split({
    host: '127.0.0.1',
    port: String(server.port),
    user,
    password: PASSWORD,
    canary: USER,
    canaryPassword: tried.held,
    ...values,
  });
  return mysql.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes: testingNotes(),
  });
};

beforeAll(async () => {
  server = await startServer({
    title: 'mariadbd (Debian: mariadb-server)',
    command: 'mariadbd',
    user: 'mysql',
    withinMs: 90_000,
    prepare: ({ folder }) => {
      const install = findProgram('mariadb-install-db') ?? '/usr/bin/mariadb-install-db';
      execFileSync(
        install,
        [
          '--no-defaults',
          `--datadir=${path.join(folder, 'data')}`,
          '--auth-root-authentication-method=normal',
          '--skip-test-db',
        ],
        { stdio: 'pipe' },
      );
    },
    args: ({ port, folder }) => [
      '--no-defaults',
      `--datadir=${path.join(folder, 'data')}`,
      `--socket=${path.join(folder, 's')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--innodb-flush-log-at-trx-commit=0',
    ],
  });
  Object.assign(tried, { port: server.port, folder: server.folder });
  const fixes = [
    'grant select on mysql.global_priv to braid',
    'grant select on mysql.proxies_priv to braid',
    'grant select on mysql.event to braid',
    'grant process, connection admin, create user on *.* to braid',
  ];
  await admin(
    'create database shop',
    `create user braid identified by '${PASSWORD}'`,
    `create user plain identified by '${PASSWORD}'`,
    ...fixes,
  );
  await makeUser();
});
/** The tried user as it is in the beginning. */
export async function makeUser(): Promise<void> {
  await admin(`create user '${USER}'@'%' identified by '${PASSWORD}'`, `grant all on shop.* to '${USER}'@'%'`);
  tried.held = PASSWORD;
}

afterAll(async () => {
  for (const client of opened) client.destroy();
  await server?.stop();
});
