import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createToken } from '@/lib/access/create-token';
import type { Scope } from '@/lib/access/model';
import { revokeToken } from '@/lib/access/revoke-token';
import { testDatabase } from '@/lib/db/testing';
import { route } from '@/lib/http/route';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

testDatabase();
afterEach(() => clock.set());

const ctx = { actor: { kind: 'cli' as const, name: 'cli:test' } };
const tokenWith = (scopes: Scope[]) => createToken(ctx, { name: 't', scopes });
const ID = '0190f3a2-7c00-7000-8000-000000000001';

const echo = route({
  name: 'echo',
  summary: 'For this test',
  permission: 'identity.revoke',
  params: z.strictObject({ id: z.uuid() }),
  query: z.strictObject({ n: z.coerce.number().int().max(9).optional() }),
  body: z.strictObject({ word: z.string().max(10) }),
  response: z.strictObject({ word: z.string(), who: z.string() }),
  handle: ({ ctx: caller, body }) => {
    if (body.word === 'boom') throw new Error('postgresql://braid:secret@10.0.0.1 refused');
    if (body.word === 'gone') throw new BraidError('not_found', 'There is no such identity.');
    const extra = body.word === 'leak' ? { passwordHash: 'x' } : {};
    return { word: body.word, who: caller.actor.name, ...extra };
  },
});

interface Call {
  token?: string;
  body?: string;
  query?: string;
  id?: string;
  headers?: Record<string, string>;
}

async function call({ token, body = '{"word":"hi"}', query = '', id = ID, headers = {} }: Call) {
  const request = new Request(`http://localhost/api/v1/echo/${id}${query}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
  });
  const response = await echo(request, { params: Promise.resolve({ id }) });
  return {
    status: response.status,
    headers: response.headers,
    json: (await response.json()) as Record<string, unknown>,
  };
}

test('200: the answer, uncached, with the caller’s request id', async () => {
  const { token } = await tokenWith(['respond']);
  const got = await call({ token, headers: { 'x-request-id': 'req-1' } });
  expect(got).toMatchObject({ status: 200, json: { word: 'hi', who: 't' } });
  expect(got.headers.get('cache-control')).toBe('no-store');
  expect(got.headers.get('x-request-id')).toBe('req-1');
  expect((await call({ token, headers: { 'x-request-id': 'a b\u00e9<script>' } })).headers.get('x-request-id')).toMatch(
    /^[0-9a-f-]{36}$/,
  );
});

test('401: no token, an unknown one, a revoked one; a problem with a challenge', async () => {
  expect((await call({})).status).toBe(401);
  const unknown = await call({ token: 'brd_unknown' });
  expect(unknown).toMatchObject({ status: 401, json: { code: 'access.unauthenticated', status: 401 } });
  expect(unknown.headers.get('www-authenticate')).toBe('Bearer');
  expect(unknown.headers.get('content-type')).toBe('application/problem+json');
  const { id, token } = await tokenWith(['respond']);
  await revokeToken(ctx, { id });
  expect((await call({ token })).status).toBe(401);
});

test('403: a token without the permission, before anything of the body is read', async () => {
  const { token } = await tokenWith(['read', 'decide']);
  expect(await call({ token, body: 'not json' })).toMatchObject({ status: 403, json: { code: 'access.denied' } });
});

test('400: what is not JSON, missing, too long, unknown, or unknown in the query; each path is named', async () => {
  const { token } = await tokenWith(['respond']);
  expect((await call({ token, body: '{"word":' })).status).toBe(400);
  expect((await call({ token, body: '{}' })).json.errors).toMatchObject([{ path: 'body.word' }]);
  expect((await call({ token, body: '{"word":"longer than ten"}' })).status).toBe(400);
  expect((await call({ token, body: '{"word":"hi","admin":true}' })).status).toBe(400);
  expect((await call({ token, query: '?n=3&n=4' })).status).toBe(400);
  expect((await call({ token, query: '?x=1' })).status).toBe(400);
  expect((await call({ token, query: '?n=3' })).status).toBe(200);
});

test('415 and 413: another media type; more bytes than allowed, announced or not', async () => {
  const { token } = await tokenWith(['respond']);
  expect((await call({ token, headers: { 'content-type': 'text/plain' } })).status).toBe(415);
  const big = JSON.stringify({ word: 'x'.repeat(1_000_001) });
  expect((await call({ token, body: big })).status).toBe(413);
  expect((await call({ token, body: big, headers: { 'content-length': '10' } })).status).toBe(413);
});

test('404: a path that names nothing, and what a verb does not find', async () => {
  const { token } = await tokenWith(['respond']);
  expect((await call({ token, id: 'nonsense' })).status).toBe(404);
  expect(await call({ token, body: '{"word":"gone"}' })).toMatchObject({ status: 404, json: { code: 'not_found' } });
});

test('500: an unexpected error and an answer with more than declared both leave nothing of themselves', async () => {
  const { token } = await tokenWith(['respond']);
  for (const word of ['boom', 'leak']) {
    const got = await call({ token, body: JSON.stringify({ word }) });
    expect(got).toMatchObject({ status: 500, json: { code: 'internal' } });
    expect(JSON.stringify(got.json)).not.toMatch(/secret|10\.0\.0\.1|passwordHash/);
    expect(got.json.requestId).toBeTruthy();
  }
});

test('a cookie changes nothing: a call that is no GET needs a token', async () => {
  expect((await call({ headers: { cookie: 'braid.session=anything' } })).status).toBe(401);
});

test('an upload is cut off when it grows beyond its limit', async () => {
  const { token } = await tokenWith(['ingest']);
  const upload = route({
    name: 'upload',
    summary: 'For this test',
    permission: 'import.run',
    bodyLimit: 1000,
    response: z.strictObject({ bytes: z.number() }),
    handle: async ({ upload: open }) => ({ bytes: (await new Response(open()).arrayBuffer()).byteLength }),
  });
  const send = async (size: number) => {
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < size; sent += 100) controller.enqueue(new Uint8Array(100));
        controller.close();
      },
    });
    const init = { method: 'POST', body, duplex: 'half', headers: { authorization: `Bearer ${token}` } };
    return upload(new Request('http://localhost/', init as RequestInit), { params: Promise.resolve({}) });
  };
  expect(await (await send(1000)).json()).toEqual({ bytes: 1000 });
  expect((await send(1100)).status).toBe(413);
});
