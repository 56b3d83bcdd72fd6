import net from 'node:net';
import pg from 'pg';
import { expect, test } from 'vitest';
import { whyNot } from '@/lib/db/why-not';

const said = (connection: pg.ClientConfig) => {
  const client = new pg.Client({ connectionTimeoutMillis: 300, ...connection });
  client.on('error', () => undefined);
  return client.connect().then(
    () => 'connected',
    (error: unknown) => whyNot(error, 300),
  );
};

test('a server that does not answer has refused nothing; one that is not there is not slow', async () => {
  const sockets: net.Socket[] = [];
  const silent = net.createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as net.AddressInfo;
  expect(await said({ host: '127.0.0.1', port })).toBe('it did not answer within 0.3 s');
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
  expect(await said({ host: '127.0.0.1', port })).toMatch(/ECONNREFUSED/);
});

test('what the server itself says is its refusal', () => {
  const error = (message: string, code?: string) => Object.assign(new Error(message), { code });
  expect(whyNot(error('role "braid" does not exist', '28000'), 1)).toBe('it refused: role "braid" does not exist');
  expect(whyNot(error('the database system is starting up', '57P03'), 1)).toBe(
    'it is not ready yet (the database system is starting up)',
  );
  expect(whyNot(error('PostgreSQL 15 or newer is needed, this is 140000'), 1)).toContain('PostgreSQL 15');
  expect(whyNot(error('', 'EHOSTUNREACH'), 1)).toBe('EHOSTUNREACH');
});
