import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { addressesOf, connect, refusal, request } from '@/lib/platform/outbound';

const server = http.createServer((asked, answer) => {
  if (asked.url === '/slow') return;
  if (asked.url === '/away') return void answer.writeHead(302, { location: 'http://169.254.169.254/' }).end();
  if (asked.url === '/broken')
    return void answer.writeHead(200, { 'content-length': '100' }).write('x', () => asked.socket.destroy());
  answer.end(asked.url === '/large' ? 'x'.repeat(1_000_000) : 'yes');
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const at = (path: string, host = '127.0.0.1') => `http://${host}:${port}${path}`;
const get = { method: 'GET', headers: {}, ownNetwork: true } as const;
afterAll(() => server.closeAllConnections());

test.each([
  ['169.254.169.254', true],
  ['::ffff:169.254.169.254', true],
  ['fd00:ec2::254', true],
  ['0.0.0.0', true],
  ['fe80::1', true],
  ['100.100.100.200', true],
  ['127.0.0.1', false],
  ['::1', false],
  ['::ffff:10.0.0.1', false],
  ['192.168.1.4', false],
  ['fd12::1', false],
  ['100.64.0.9', false],
])('%s is refused', (address, ownNetwork) => expect(refusal(address, ownNetwork)).not.toBeNull());

test.each([
  ['93.184.216.34', false],
  ['2606:2800:220:1::1', false],
  ['10.1.2.3', true],
  ['127.0.0.1', true],
])('%s is connected to', (address, ownNetwork) => expect(refusal(address, ownNetwork)).toBeNull());

test('what a name stands for is judged when it is connected to, and so is an address written out', async () => {
  for (const host of ['localhost', '127.0.0.1', '[::1]', '2130706433', '0x7f.1'])
    await expect(request(at('/', host), { ...get, ownNetwork: false })).rejects.toMatchObject({
      code: 'connector.refused',
    });
  await expect(connect('localhost', port, { ownNetwork: false, tls: false })).rejects.toMatchObject({
    code: 'connector.refused',
  });
  await expect(connect('127.0.0.1', port, { ownNetwork: false, tls: false })).rejects.toMatchObject({
    code: 'connector.refused',
  });
  await expect(addressesOf('localhost', false)).rejects.toMatchObject({ code: 'connector.refused' });
});

test('an answer is an answer, a redirect is not followed', async () => {
  expect(await request(at('/'), get)).toMatchObject({ status: 200, body: 'yes' });
  expect(await request(at('/away'), get)).toMatchObject({ status: 302 });
});

test('time and size have an end', async () => {
  await expect(request(at('/slow'), { ...get, timeoutMs: 100 })).rejects.toMatchObject({
    code: 'connector.unreachable',
    publicMessage: expect.stringContaining('no answer within 0.1 s'),
  });
  expect((await request(at('/large'), { ...get, mostBytes: 1000 })).body).toHaveLength(1000);
  await expect(request(at('/broken'), get)).rejects.toMatchObject({ code: 'connector.unreachable' });
  await expect(request('http://127.0.0.1:1/', get)).rejects.toMatchObject({ code: 'connector.unreachable' });
});
