// A real broker for the file that imports this, with an ordinary user, one for Braid and one without rights.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import amqp from 'amqplib';
import { afterAll, beforeAll } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { rabbitmq } from '@/lib/connectors/rabbitmq/connector';
import { manifest } from '@/lib/connectors/rabbitmq/manifest';
import { readApplications } from '@/lib/connectors/rabbitmq/normalise';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { findProgram, startServer, type TestServer } from '@/lib/connectors/testing-server';

export const USER = 'svc-orders';
export const PASSWORD = 'p4ss';
/** Connections show in RabbitMQ's statistics with their first report, every 5 s. */
export const SHOWN_MS = 8_000;
/** `held`: what the tried user comes in with, another secret after a rotation. Plugins and settings beside the usual ones. */
export const tried = { held: PASSWORD, port: 0, plugins: [] as string[], settings: [] as string[] };
let server: TestServer;
export const management = () => server.ports[0]!;

export async function admin(method: string, to: string, body?: unknown): Promise<unknown> {
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

export async function login(user = USER, name = 'worker') {
  try {
    const client = await amqp.connect(
      `amqp://${user}:${user === USER ? tried.held : PASSWORD}@127.0.0.1:${server.port}`,
      {
        clientProperties: { connection_name: name },
      },
    );
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

export const connect = (values: Record<string, string> = {}): Promise<Connection> => {
  const { config, secrets } = manifest.split({
    url: `http://127.0.0.1:${management()}/`,
    amqp: `amqp://127.0.0.1:${server.port}`,
    ownNetwork: 'true',
    user: 'braid',
    password: PASSWORD,
    canary: USER,
    canaryPassword: tried.held,
    ...values,
  });
  return rabbitmq.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes: testingNotes(),
  });
};

export const add = async (name: string, tags: string) => {
  await admin('PUT', `/users/${name}`, { password: PASSWORD, tags });
  await admin('PUT', `/permissions/%2F/${name}`, { configure: '.*', write: '.*', read: '.*' });
};

const PLUGINS = ['rabbitmq_management', 'rabbitmq_shovel', 'rabbitmq_shovel_management', 'rabbitmq_mqtt'];

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
        ...tried.settings,
      ];
      fs.writeFileSync(path.join(folder, 'rabbitmq.conf'), `${lines.join('\n')}\n`);
      fs.writeFileSync(path.join(folder, 'plugins'), `[${[...PLUGINS, ...tried.plugins].join(',')}].`);
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
  tried.port = server.port;
  await add(USER, '');
  await add('braid', 'administrator');
  await add('plain', 'management');
  // A node tells what runs on it some seconds after its start; until then anything may let in.
  while (readApplications(await admin('GET', '/nodes')) === null) await sleep(250);
}, 180_000);
afterAll(async () => {
  for (const client of opened) await client.close().catch(() => undefined);
  await server?.stop();
  const epmd = findProgram('epmd');
  if (server && epmd) execFileSync(epmd, ['-port', String(server.ports[3]), '-kill'], { stdio: 'ignore' });
});
