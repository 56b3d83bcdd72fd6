import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { agentsFor, reachable } from '@/lib/platform/outbound';
import { outboundFetch } from '@/lib/platform/outbound-fetch';

const server = http.createServer(async (asked, answer) => {
  let body = '';
  for await (const chunk of asked) body += chunk;
  if (asked.url === '/away') return answer.writeHead(302, { location: '/elsewhere' }).end();
  if (asked.url === '/none') return answer.writeHead(204).end();
  answer.writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] });
  answer.end(
    JSON.stringify({ method: asked.method, url: asked.url, body, type: asked.headers['content-type'] ?? null }),
  );
});
let base = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

test('method, path, headers and body arrive, and the answer comes back whole', async () => {
  const send = outboundFetch({ ownNetwork: true });
  const answer = await send(`${base}/x?y=1`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: '{"a":"ü"}',
  });
  expect(answer.status).toBe(201);
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(await answer.json()).toEqual({ method: 'PATCH', url: '/x?y=1', body: '{"a":"ü"}', type: 'application/json' });
  expect((await send(`${base}/none`, { method: 'DELETE' })).status).toBe(204);
});

test('no redirect is followed, and an address of one’s own only where that is meant', async () => {
  expect((await outboundFetch({ ownNetwork: true })(`${base}/away`)).status).toBe(302);
  await expect(outboundFetch({ ownNetwork: false })(base)).rejects.toMatchObject({ code: 'connector.refused' });
  await expect(outboundFetch({ ownNetwork: true })('http://169.254.169.254/latest/meta-data')).rejects.toMatchObject({
    code: 'connector.refused',
  });
  expect(() => reachable('http://[::ffff:169.254.169.254]/', { ownNetwork: true })).toThrow(/never connected to/);
  expect(() => reachable(base, { ownNetwork: true })).not.toThrow();
});

test('agents of an SDK check the address a name leads to', async () => {
  const status = (reach: { ownNetwork: boolean }) =>
    new Promise((resolve) => {
      const url = new URL(base);
      http
        .get({ host: 'localhost', port: url.port, path: '/', agent: agentsFor(reach).http, family: 4 }, (answer) =>
          resolve(answer.resume().statusCode),
        )
        .on('error', (error) => resolve((error as { code?: string }).code));
    });
  expect(await status({ ownNetwork: true })).toBe(201);
  expect(await status({ ownNetwork: false })).toBe('connector.refused');
});
