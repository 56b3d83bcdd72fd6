import fs from 'node:fs';
import path from 'node:path';
import { createClient } from '@redis/client';
import pg from 'pg';
import { findProgram, startServer } from '@/lib/connectors/testing-server';

/** A real system to end access in. */
export interface System {
  vendor: string;
  /** The connect form's values. */
  values: Record<string, string>;
  /** Makes an account that may log in, and opens sessions of it. */
  account(name: string, sessions: number): Promise<void>;
  /** Takes its login away, as the system's own people would. */
  shut(name: string): Promise<void>;
  /** Opens one more session; `alive` uses it once. Throws where it is refused. */
  enter(name: string): Promise<() => Promise<boolean>>;
  /** Could it log in now? */
  letsIn(name: string): Promise<boolean>;
  /** Its sessions, as the system itself counts them. */
  open(name: string): Promise<number>;
  end(): Promise<void>;
}

const PASSWORD = 'p4ss-bench';
const CONNECTOR = 'braid_bench_connector';

/** The PostgreSQL of the stage: service accounts on it are other roles than Braid's. */
export async function postgresSystem(adminUrl: string): Promise<System> {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  await admin.query(`create role ${CONNECTOR} login createrole password '${PASSWORD}'`);
  await admin.query(`grant pg_read_all_stats, pg_signal_backend to ${CONNECTOR}`);
  const url = new URL(adminUrl);
  const at = { host: url.hostname, port: Number(url.port), database: 'postgres', password: PASSWORD };
  const clients: pg.Client[] = [];
  const login = async (user: string) => {
    const client = new pg.Client({ ...at, user, application_name: 'bench' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  return {
    vendor: 'postgres',
    values: { ...at, port: String(at.port), user: CONNECTOR, pollMs: '250', linkByName: 'false' },
    account: async (name, sessions) => {
      await admin.query(`create role ${name} login password '${PASSWORD}'`);
      await admin.query(`grant ${name} to ${CONNECTOR} with admin true, inherit false, set false`);
      for (let n = 0; n < sessions; n++) clients.push(await login(name));
    },
    shut: async (name) => void (await admin.query(`alter role ${name} nologin`)),
    enter: async (name) => {
      const client = await login(name);
      clients.push(client);
      return () =>
        client.query('select 1').then(
          () => true,
          () => false,
        );
    },
    letsIn: (name) =>
      login(name).then(
        (client) => client.end().then(() => true),
        () => false,
      ),
    open: async (name) =>
      (await admin.query('select count(*)::int as n from pg_stat_activity where usename = $1', [name])).rows[0].n,
    end: async () => {
      await Promise.allSettled(clients.map((client) => client.end()));
      await admin.end();
    },
  };
}

const RULES =
  '-@all +client|list +client|kill +client|id +client|setname +acl|list +acl|getuser +acl|setuser +acl|save +acl|dryrun +info +config|get +cluster|nodes +cluster|myid';

/** A redis-server of its own, where there is one; undefined where there is none. */
export async function redisSystem(): Promise<System | undefined> {
  if (!findProgram('redis-server')) return undefined;
  const users = [
    'user default off',
    `user admin on >${PASSWORD} ~* &* +@all`,
    `user ${CONNECTOR} on >${PASSWORD} ${RULES}`,
  ];
  const server = await startServer({
    title: 'redis-server (Debian: redis-server)',
    command: 'redis-server',
    prepare: ({ folder }) => fs.writeFileSync(path.join(folder, 'users.acl'), `${users.join('\n')}\n`),
    args: ({ port, folder }) => [
      ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
      ...['--aclfile', path.join(folder, 'users.acl')],
    ],
  });
  const open = async (username: string) => {
    const socket = { host: '127.0.0.1', port: server.port, reconnectStrategy: false as const };
    const client = createClient({ username, password: PASSWORD, socket });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const admin = await open('admin');
  const clients: Awaited<ReturnType<typeof open>>[] = [];
  return {
    vendor: 'redis',
    values: {
      nodes: `127.0.0.1:${server.port}`,
      user: CONNECTOR,
      password: PASSWORD,
      pollMs: '250',
      linkByName: 'false',
    },
    account: async (name, sessions) => {
      await admin.sendCommand(['ACL', 'SETUSER', name, 'on', `>${PASSWORD}`, '~*', '+@all']);
      for (let n = 0; n < sessions; n++) clients.push(await open(name));
    },
    shut: async (name) => void (await admin.sendCommand(['ACL', 'SETUSER', name, 'off'])),
    enter: async (name) => {
      const client = await open(name);
      clients.push(client);
      return () =>
        client.ping().then(
          () => true,
          () => false,
        );
    },
    letsIn: (name) =>
      open(name).then(
        (client) => {
          client.destroy();
          return true;
        },
        () => false,
      ),
    open: async (name) => {
      const text = String(await admin.sendCommand(['CLIENT', 'LIST']));
      return text.split('\n').filter((line) => line.includes(` user=${name} `)).length;
    },
    end: async () => {
      for (const client of [...clients, admin]) if (client.isOpen) client.destroy();
      await server.stop();
    },
  };
}
