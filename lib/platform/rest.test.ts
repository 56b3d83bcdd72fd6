import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clock } from '@/lib/platform/clock';
import { nextLink, restClient, retryAfter } from '@/lib/platform/rest';

interface Seen {
  method: string;
  url: string;
  authorization: string | undefined;
  body: string;
}

let server: http.Server;
let base: string;
const seen: Seen[] = [];
let answer: (
  url: string,
  authorization?: string,
) => { status: number; body?: string; headers?: Record<string, string> };

beforeAll(async () => {
  server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization } = request.headers;
    seen.push({ method: request.method!, url: request.url!, authorization, body: Buffer.concat(chunks).toString() });
    const { status, body, headers } = answer(request.url!, authorization);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const client = (more: Partial<Parameters<typeof restClient>[0]> = {}) =>
  restClient({ name: 'The system', base, reach: { ownNetwork: true }, ...more });

test('JSON and forms are sent below the base, answers are read', async () => {
  answer = () => ({ status: 200, body: '{"a":1}' });
  const send = client();
  expect((await send('POST', '/x', { query: { q: 'a b', none: undefined }, json: { b: 2 } })).body).toEqual({ a: 1 });
  expect(seen.at(-1)).toMatchObject({ method: 'POST', url: '/api/x?q=a+b', body: '{"b":2}' });
  await send('POST', '/x', { form: { grant: 'a&b' } });
  expect(seen.at(-1)!.body).toBe('grant=a%26b');
  answer = () => ({ status: 204 });
  expect((await send('DELETE', '/x')).body).toBeUndefined();
  answer = () => ({ status: 404, body: 'no such thing' });
  expect(await send('GET', '/x')).toMatchObject({ status: 404, body: 'no such thing' });
});

test('a link of the same origin is followed, one to elsewhere takes no credential there', async () => {
  answer = () => ({ status: 200, body: '[]' });
  const send = client({ authorize: async () => ({ authorization: 'Bearer secret' }) });
  expect((await send('GET', `${new URL(base).origin}/other?page=2`)).status).toBe(200);
  const count = seen.length;
  await expect(send('GET', 'http://127.0.0.1:9/steal')).rejects.toMatchObject({ code: 'connector.refused' });
  expect(seen.length).toBe(count);
});

test('what was refused is asked once more with new authority, and no more', async () => {
  answer = (_, authorization) => ({ status: authorization === 'new' ? 200 : 401 });
  const asked: boolean[] = [];
  const authorize = async (anew: boolean) => {
    asked.push(anew);
    return { authorization: anew ? 'new' : 'old' };
  };
  expect((await client({ authorize })('GET', '/x')).status).toBe(200);
  expect(asked).toEqual([false, true]);
  answer = () => ({ status: 401 });
  expect((await client({ authorize })('GET', '/x')).status).toBe(401);
  expect(asked).toHaveLength(4);
});

test('patience that is asked for is passed on, a broken server is not an answer', async () => {
  const limited = (retryAfterMs: number) => ({ code: 'connector.limited', detail: { retryAfterMs } });
  answer = () => ({ status: 429, headers: { 'retry-after': '9' } });
  await expect(client()('GET', '/x')).rejects.toMatchObject(limited(9_000));
  answer = () => ({ status: 429 });
  await expect(client()('GET', '/x')).rejects.toMatchObject(limited(30_000));
  answer = () => ({ status: 503, headers: { 'retry-after': '2' } });
  await expect(client()('GET', '/x')).rejects.toMatchObject(limited(2_000));
  answer = () => ({ status: 403 });
  await expect(client({ waitOf: () => 5 })('GET', '/x')).rejects.toMatchObject(limited(5));
  answer = () => ({ status: 502 });
  await expect(client()('GET', '/x')).rejects.toMatchObject({ code: 'connector.unreachable' });
});

test('an address of one’s own is refused where that is not meant', () => {
  expect(() => client({ reach: { ownNetwork: false } })).toThrowError(/network of your own/);
});

test('Retry-After in seconds or as a date; links by their relation', () => {
  clock.set(() => Date.UTC(2026, 0, 1));
  expect(retryAfter({ 'retry-after': '3' })).toBe(3_000);
  expect(retryAfter({ 'retry-after': 'Thu, 01 Jan 2026 00:00:07 GMT' })).toBe(7_000);
  expect(retryAfter({ 'retry-after': '999999999' })).toBe(3_600_000);
  expect(retryAfter({ 'retry-after': 'soon' })).toBeNull();
  expect(retryAfter({})).toBeNull();
  clock.set();
  const link = '<https://a.example/x?y=1,2>; rel="self", <https://a.example/x?after=z>; rel="next"';
  expect(nextLink({ link })).toBe('https://a.example/x?after=z');
  expect(nextLink({ link: '<https://a.example/x>; rel="self"' })).toBeNull();
  expect(nextLink({})).toBeNull();
});
