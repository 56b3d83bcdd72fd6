import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { redis } from '@/lib/connectors/redis/connector';
import { manifest } from '@/lib/connectors/redis/manifest';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { startServer, type TestServer } from '@/lib/connectors/testing-server';

const PASSWORD = 'p4ss';
const USERS = [
  'user default on nopass ~* &* +@all',
  `user svc-orders on >${PASSWORD} ~* &* +@all`,
  `user braid on >${PASSWORD} ~* &* +@all`,
];

/** A node of a cluster, or a Sentinel that watches `watched`. */
const start = (kind: 'cluster' | 'sentinel', watched = 0): Promise<TestServer> =>
  startServer({
    title: 'redis-server (Debian: redis-server)',
    command: 'redis-server',
    morePorts: 1,
    prepare: ({ folder }) => {
      fs.writeFileSync(path.join(folder, 'users.acl'), `${USERS.join('\n')}\n`);
      const watch = kind === 'sentinel' ? `sentinel monitor main 127.0.0.1 ${watched} 1\n` : '';
      fs.writeFileSync(
        path.join(folder, 'node.conf'),
        `aclfile ${path.join(folder, 'users.acl')}\ndir ${folder}\n${watch}`,
      );
    },
    args: ({ port, ports, folder }) => [
      path.join(folder, 'node.conf'),
      ...['--port', String(port), '--bind', '127.0.0.1'],
      ...(kind === 'cluster'
        ? ['--cluster-enabled', 'yes', '--cluster-port', String(ports[0]), '--save', '']
        : ['--sentinel']),
    ],
  });

const connect = (ports: number[]): Promise<Connection> => {
  const nodes = ports.map((port) => `127.0.0.1:${port}`).join(', ');
  const { config, secrets } = manifest.split({ nodes, user: 'braid', password: PASSWORD });
  return redis.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes: testingNotes(),
  });
};

async function login(port: number) {
  const client = createClient({
    RESP: 2,
    username: 'svc-orders',
    password: PASSWORD,
    disableClientInfo: true,
    socket: { host: '127.0.0.1', port, reconnectStrategy: false },
  });
  client.on('error', () => undefined);
  return client.connect().then(
    () => client,
    () => undefined,
  );
}

const send = async (port: number, ...command: string[]): Promise<string> => {
  const client = await login(port);
  try {
    return String(await client!.sendCommand(command));
  } finally {
    client!.destroy();
  }
};

let nodes: TestServer[];
let sentinel: TestServer;
beforeAll(async () => {
  nodes = await Promise.all([start('cluster'), start('cluster')]);
  sentinel = await start('sentinel', nodes[0]!.port);
  await send(nodes[0]!.port, 'CLUSTER', 'MEET', '127.0.0.1', String(nodes[1]!.port), String(nodes[1]!.ports[0]));
  for (let tries = 0; tries < 100; tries++) {
    const seen = await send(nodes[1]!.port, 'CLUSTER', 'NODES');
    if (!seen.includes('handshake') && seen.trim().split('\n').length === 2) return;
    await sleep(100);
  }
  throw new Error('the nodes never met');
});
afterAll(async () => {
  await Promise.all([...(nodes ?? []), sentinel].map((server) => server?.stop()));
});

test('a node of the cluster that is not listed is named and left as a residual; listed, it is ended too', async () => {
  const ports = nodes.map((node) => node.port);
  const half = await connect(ports.slice(0, 1));
  const missing = `127.0.0.1:${ports[1]}`;
  expect((await half.test()).checks.find((one) => one.check === 'Every node is listed')).toMatchObject({ ok: false });
  await half.blockIdentity!('svc-orders');
  await half.endSessions!('svc-orders');
  expect(await half.probeIdentity!('svc-orders')).toMatchObject({
    result: 'gone',
    residuals: [{ gap: 'G7', what: `access through ${missing}` }],
  });
  const held = await login(ports[1]!);
  expect(held).toBeDefined();
  await half.close();

  const whole = await connect(ports);
  expect((await whole.test()).checks.filter((one) => !one.ok).map((one) => one.check)).toEqual([
    'Users alike on every node',
  ]);
  expect(await whole.blockIdentity!('svc-orders')).toMatchObject({ state: 'effective', affected: 1 });
  await whole.endSessions!('svc-orders');
  expect(await held!.ping().catch(() => 'cut')).toBe('cut');
  expect(await whole.probeIdentity!('svc-orders')).toMatchObject({ result: 'gone', residuals: [] });
  expect(await whole.restoreIdentity!('svc-orders')).toMatchObject({ state: 'effective', affected: 1 });
  await whole.close();
});

test('a Sentinel has users of its own: listed, they are seen, ended and kept like any', async () => {
  const connection = await connect([sentinel.port]);
  expect((await connection.test()).checks.filter((one) => !one.ok)).toEqual([]);
  const held = await login(sentinel.port);
  expect((await connection.listSessions!()).filter((one) => one.externalIdentityId === 'svc-orders')).toHaveLength(1);
  expect(await connection.blockIdentity!('svc-orders')).toMatchObject({ state: 'effective', affected: 1 });
  expect(await connection.endSessions!('svc-orders')).toMatchObject({ state: 'effective', affected: 1 });
  expect(await held!.ping().catch(() => 'cut')).toBe('cut');
  expect(await connection.probeIdentity!('svc-orders')).toMatchObject({ result: 'gone', residuals: [] });
  expect(fs.readFileSync(path.join(sentinel.folder, 'users.acl'), 'utf8')).toMatch(/^user svc-orders off /m);
  await connection.restoreIdentity!('svc-orders');
  await connection.close();
});
