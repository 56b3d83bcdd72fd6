import fs from 'node:fs';
import path from 'node:path';
import { createClient } from '@redis/client';
import type { Connection } from '@/lib/connectors/contract';
import { redis } from '@/lib/connectors/redis/connector';
import { manifest } from '@/lib/connectors/redis/manifest';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { startServer, type TestServer } from '@/lib/connectors/testing-server';

/** The server that is tried; where it is, or what it is called. */
const PASSWORD = 'p4ss';
/** `held`: what the tried user comes in with; another secret after a rotation. */
export const tried = {
  held: PASSWORD,
  product: 'Redis',
  title: 'redis-server (Debian: redis-server)',
  program: 'redis-server',
};

export const USER = 'svc-orders';
export const CANARY = 'braid-canary';
const RULES =
  '-@all +client|list +client|kill +client|id +client|setname +acl|list +acl|getuser +acl|setuser +acl|save +acl|dryrun +info +config|get +cluster|nodes +cluster|myid';
const USERS = [
  'user default on nopass ~* &* +@all',
  `user admin on >${PASSWORD} ~* &* +@all`,
  `user ${USER} on >${PASSWORD} ~* &* +@all`,
  `user ${CANARY} on >${PASSWORD} +ping +client|setname`,
  `user braid on >${PASSWORD} ${RULES}`,
  `user plain on >${PASSWORD} -@all +client|id`,
  `user repl on >${PASSWORD} +psync +replconf +ping`,
];

export const start = (options: { replicaOf?: number; aclFile?: boolean } = {}): Promise<TestServer> =>
  startServer({
    title: tried.title,
    command: tried.program,
    prepare: ({ folder }) => {
      fs.writeFileSync(path.join(folder, 'users.acl'), `${USERS.join('\n')}\n`);
      fs.writeFileSync(path.join(folder, 'plain.conf'), `${USERS.join('\n')}\n`);
    },
    args: ({ port, folder }) => [
      ...(options.aclFile === false
        ? [path.join(folder, 'plain.conf')]
        : ['--aclfile', path.join(folder, 'users.acl')]),
      ...[
        '--port',
        String(port),
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--dir',
        folder,
        '--repl-diskless-sync-delay',
        '0',
      ],
      ...(options.replicaOf
        ? ['--replicaof', `127.0.0.1 ${options.replicaOf}`, '--masteruser', 'repl', '--masterauth', PASSWORD]
        : []),
    ],
  });

export const connect = (ports: number[], values: Record<string, string> = {}): Promise<Connection> => {
  const { config, secrets } = manifest.split({
    nodes: ports.map((port) => `127.0.0.1:${port}`).join(', '),
    user: 'braid',
    password: PASSWORD,
    canary: CANARY,
    canaryPassword: PASSWORD,
    ...values,
  });
  return redis.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes: testingNotes(),
  });
};

export const opened: { destroy(): void; isOpen: boolean }[] = [];

export async function login(port: number, user = USER, name = 'worker') {
  const client = createClient({
    RESP: 2,
    username: user,
    password: user === USER ? tried.held : PASSWORD,
    name,
    disableClientInfo: true,
    socket: { host: '127.0.0.1', port, reconnectStrategy: false },
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch {
    return undefined;
  }
  opened.push(client);
  return {
    client,
    alive: () =>
      client.ping().then(
        () => true,
        () => false,
      ),
  };
}

/** The tried user as it was in the beginning. */
export async function giveBack(ports: number[]): Promise<void> {
  for (const port of ports)
    await as(port, 'ACL', 'SETUSER', USER, 'on', 'resetpass', `>${PASSWORD}`, '~*', '&*', '+@all');
  tried.held = PASSWORD;
}

export const as = async (port: number, ...command: string[]) => {
  const admin = await login(port, 'admin', 'admin');
  try {
    return await admin!.client.sendCommand(command);
  } finally {
    admin!.client.destroy();
  }
};
