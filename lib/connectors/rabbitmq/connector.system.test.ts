import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import amqp from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { rabbitmq } from '@/lib/connectors/rabbitmq/connector';
import { manifest } from '@/lib/connectors/rabbitmq/manifest';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { findProgram, startServer, type TestServer } from '@/lib/connectors/testing-server';

const USER = 'svc-orders';
const PASSWORD = 'p4ss';
/** Connections show in RabbitMQ's statistics with their first report, every 5 s. */
const SHOWN_MS = 8_000;
let server: TestServer;
const management = () => server.ports[0]!;

async function admin(method: string, to: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${management()}/api${to}`, {
    method,
    headers: { authorization: `Basic ${btoa('guest:guest')}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${to}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text ? JSON.parse(text) : null;
}

const opened: amqp.ChannelModel[] = [];

async function login(user = USER, name = 'worker') {
  try {
    const client = await amqp.connect(`amqp://${user}:${PASSWORD}@127.0.0.1:${server.port}`, {
      clientProperties: { connection_name: name },
    });
    let alive = true;
    client.on('error', () => undefined);
    client.on('close', () => {
      alive = false;
    });
    opened.push(client);
    return {
      client,
      alive: async () => {
        if (!alive) return false;
        return client.createChannel().then(
          () => true,
          () => false,
        );
      },
    };
  } catch {
    return undefined;
  }
}

const connect = (values: Record<string, string> = {}): Promise<Connection> => {
  const { config, secrets } = manifest.split({
    url: `http://127.0.0.1:${management()}/`,
    amqp: `amqp://127.0.0.1:${server.port}`,
    ownNetwork: 'true',
    user: 'braid',
    password: PASSWORD,
    canary: USER,
    canaryPassword: PASSWORD,
    ...values,
  });
  return rabbitmq.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes: testingNotes(),
  });
};

const add = async (name: string, tags: string) => {
  await admin('PUT', `/users/${name}`, { password: PASSWORD, tags });
  await admin('PUT', `/permissions/%2F/${name}`, { configure: '.*', write: '.*', read: '.*' });
};

const PLUGINS = '[rabbitmq_management,rabbitmq_shovel,rabbitmq_shovel_management,rabbitmq_mqtt].';

beforeAll(async () => {
  server = await startServer({
    title: 'rabbitmq-server (Debian: rabbitmq-server)',
    command: '/usr/lib/rabbitmq/bin/rabbitmq-server',
    user: 'rabbitmq',
    morePorts: 4,
    withinMs: 120_000,
    prepare: ({ port, ports, folder }) => {
      const lines = [
        `listeners.tcp.1 = 127.0.0.1:${port}`,
        'management.tcp.ip = 127.0.0.1',
        `management.tcp.port = ${ports[0]}`,
        `mqtt.listeners.tcp.1 = 127.0.0.1:${ports[1]}`,
      ];
      fs.writeFileSync(path.join(folder, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
      fs.writeFileSync(path.join(folder, 'plugins'), PLUGINS);
    },
    args: () => [],
    env: ({ port, ports, folder }) => ({
      HOME: folder,
      RABBITMQ_MNESIA_BASE: path.join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: path.join(folder, 'log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_NODENAME: `braid${port}@localhost`,
      RABBITMQ_DIST_PORT: String(ports[2]),
      ERL_EPMD_PORT: String(ports[3]),
      RABBITMQ_CONFIG_FILE: path.join(folder, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: path.join(folder, 'plugins'),
    }),
    ready: async ({ output }) => output.includes('Server startup complete'),
  });
  await add(USER, '');
  await add('braid', 'administrator');
  await add('plain', 'management');
}, 180_000);
afterAll(async () => {
  for (const client of opened) await client.close().catch(() => undefined);
  await server?.stop();
  const epmd = findProgram('epmd');
  if (server && epmd) execFileSync(epmd, ['-port', String(server.ports[3]), '-kill'], { stdio: 'ignore' });
});

contractSuite(manifest, async () => {
  const connection = await connect();
  const about = (await admin('GET', '/overview')) as { rabbitmq_version: string };
  return {
    connection,
    system: { kind: 'real' as const, name: `RabbitMQ ${about.rabbitmq_version}` },
    identity: USER,
    protectedIdentity: 'braid',
    open: async () => login(),
    close: () => connection.close(),
    differs: { settleMs: SHOWN_MS },
  };
});

test('neither lock ends who is in, nor keeps it from opening channels: closing after it does', async () => {
  const connection = await connect();
  await connection.endSessions!(USER);
  const one = await login();
  expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await one!.alive()).toBe(true);
  expect((await connection.probeIdentity!(USER)).result).toBe('alive');
  expect(await connection.endSessions!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await one!.alive()).toBe(false);
  expect(await connection.probeIdentity!(USER)).toMatchObject({ result: 'gone', residuals: [] });
  await connection.restoreIdentity!(USER);
  await connection.close();
});

test('restoring gives back what was there: password, tags, permissions and a limit of its own', async () => {
  const connection = await connect();
  await admin('PUT', `/user-limits/${USER}/max-connections`, { value: 7 });
  await admin('PUT', `/user-limits/${USER}/max-channels`, { value: 70 });
  const before = await admin('GET', `/users/${USER}`);
  const rights = await admin('GET', `/users/${USER}/permissions`);
  await connection.blockIdentity!(USER);
  await connection.blockIdentity!(USER);
  expect(await login()).toBeUndefined();
  const again = await connect();
  expect(await again.restoreIdentity!(USER)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await admin('GET', `/users/${USER}`)).toEqual(before);
  expect(await admin('GET', `/users/${USER}/permissions`)).toEqual(rights);
  expect(JSON.stringify(await admin('GET', '/global-parameters'))).not.toContain('braid:');
  expect(await login()).toBeDefined();
  await admin('DELETE', `/user-limits/${USER}/max-connections`);
  await admin('DELETE', `/user-limits/${USER}/max-channels`);
  await again.close();
  await connection.close();
});

test('the HTTP API is shut too: a user with a tag, whom no limit of connections touches', async () => {
  await add('svc-http', 'management');
  const connection = await connect();
  const whoami = () =>
    fetch(`http://127.0.0.1:${management()}/api/whoami`, {
      headers: { authorization: `Basic ${btoa(`svc-http:${PASSWORD}`)}` },
    }).then((answer) => answer.status);
  expect(await whoami()).toBe(200);
  await admin('PUT', '/user-limits/svc-http/max-connections', { value: 0 });
  expect(await whoami()).toBe(200);
  expect((await connection.probeIdentity!('svc-http')).result).toBe('alive');
  await connection.blockIdentity!('svc-http');
  expect(await whoami()).toBe(401);
  expect((await connection.probeIdentity!('svc-http')).result).toBe('gone');
  await connection.restoreIdentity!('svc-http');
  expect(await whoami()).toBe(200);
  expect(await login('svc-http')).toBeUndefined();
  await admin('DELETE', '/users/svc-http');
  await connection.close();
});

test('clients that reconnect in a tight loop, and a shovel, are out at the end', async () => {
  const connection = await connect();
  await admin('PUT', '/parameters/shovel/%2F/mover', {
    value: {
      'src-uri': `amqp://${USER}:${PASSWORD}@127.0.0.1:${server.port}`,
      'src-queue': 'a',
      'dest-uri': 'amqp://',
      'dest-queue': 'b',
      'reconnect-delay': 1,
    },
  });
  expect((await connection.predict!(USER)).map((hit) => hit.what)).toContain('shovel mover (/)');
  for (let round = 0; round < 5; round++) {
    let stop = false;
    const storm = Array.from({ length: 4 }, async () => {
      while (!stop) {
        const one = await login(USER, 'storm');
        if (!one) await sleep(1);
        else await new Promise((resolve) => one.client.once('close', resolve));
      }
    });
    await sleep(200);
    expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'effective' });
    await connection.endSessions!(USER);
    while ((await connection.probeIdentity!(USER)).result !== 'gone') await connection.endSessions!(USER);
    stop = true;
    await Promise.all(storm);
    expect(await login()).toBeUndefined();
    await connection.restoreIdentity!(USER);
  }
  await admin('DELETE', '/parameters/shovel/%2F/mover');
  await connection.close();
});

test('consumers and exclusive queues are told before; who shares the user is told', async () => {
  const connection = await connect();
  await connection.endSessions!(USER);
  const [one, other] = [await login(USER, 'billing'), await login(USER, 'reports')];
  const channel = await one!.client.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.consume(queue, () => undefined);
  let hits: string[] = [];
  for (let waited = 0; waited < SHOWN_MS && hits.length < 4; waited += 250) {
    hits = (await connection.predict!(USER)).map((hit) => hit.what);
    await sleep(250);
  }
  expect(hits.sort()).toEqual(
    ['billing from 127.0.0.1', 'reports from 127.0.0.1', `consumers of ${queue}`, '1 exclusive queue'].sort(),
  );
  expect(await other!.alive()).toBe(true);
  await connection.close();
});

test('a user that is not in the database is not claimed to be gone where another backend lets in', async () => {
  const connection = await connect();
  await expect(connection.canEnter!('from-a-token')).resolves.toBe(false);
  expect(await connection.blockIdentity!('from-a-token')).toMatchObject({ state: 'accepted', affected: 0 });
  expect((await connection.probeIdentity!('from-a-token')).result).toBe('gone');
  await connection.close();
});

test('a test names the tag that is missing and how to give it', async () => {
  const connection = await connect({ user: 'plain', canary: '' });
  const tested = await connection.test();
  expect(tested.checks.filter((one) => !one.ok).map((one) => one.fix)).toEqual([
    'rabbitmqctl set_user_tags plain administrator',
  ]);
  expect(await connection.blockIdentity!(USER)).toMatchObject({ state: 'failed' });
  await admin('PUT', '/users/plain', { password: PASSWORD, tags: 'administrator' });
  expect((await connection.test()).ok).toBe(true);
  await expect(connection.endSessions!('plain')).rejects.toMatchObject({ code: 'connector.protected' });
  await connection.close();
});

test('what can’t be reached or refuses says so in one line', async () => {
  await expect(connect({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'connector.unreachable' });
  await expect(connect({ password: 'wrong' })).rejects.toMatchObject({ code: 'connector.refused' });
  await expect(connect({ ownNetwork: 'false' })).rejects.toMatchObject({ code: 'connector.refused' });
  const config = { url: 'http://user:secret@rabbit:15672' };
  expect(manifest.config.safeParse(config).success).toBe(false);
});
