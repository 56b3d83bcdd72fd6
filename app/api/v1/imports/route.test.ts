import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encode } from 'next-auth/jwt';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GET, POST } from '@/app/api/v1/imports/route';
import { createOperator } from '@/lib/access/create-operator';
import { createToken } from '@/lib/access/create-token';
import type { Role } from '@/lib/access/model';
import { signIn } from '@/lib/access/sign-in';
import { testDatabase } from '@/lib/db/testing';
import { projectRoot } from '@/lib/platform/env';
import { deriveKey } from '@/lib/platform/secrets';

testDatabase();
const ctx = { actor: { kind: 'cli' as const, name: 'cli:test' } };
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-upload-'));
beforeAll(() => {
  process.env.BRAID_HOME = home;
  process.env.BRAID_SECRET_KEY = 'a key of this test';
});
afterAll(() => fs.rmSync(home, { recursive: true, force: true }));
const events = fs.readFileSync(path.join(projectRoot(), 'lib/connectors/aws/fixtures/events.json'), 'utf8');

async function send(headers: Record<string, string>, body: string = events) {
  const request = new Request('http://localhost/api/v1/imports?name=trail.json', { method: 'POST', body, headers });
  const response = await POST(request, { params: Promise.resolve({}) });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

async function cookieOf(role: Role): Promise<string> {
  const email = `${role}@braid.example`;
  const password = 'correct horse battery';
  await createOperator(ctx, { email, name: role, role, password });
  const sid = await signIn({ input: { email, password }, ip: '127.0.0.1' });
  return `braid.session=${await encode({ token: { sid }, secret: deriveKey('console.cookie') })}`;
}

test('a token that may ingest uploads a log; one that may only read does not', async () => {
  const { token } = await createToken(ctx, { name: 't', scopes: ['ingest', 'read'] });
  const sent = await send({ authorization: `Bearer ${token}` });
  expect(sent).toMatchObject({ status: 202, json: { importId: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
  const listed = await GET(
    new Request('http://localhost/api/v1/imports', { headers: { authorization: `Bearer ${token}` } }),
    {
      params: Promise.resolve({}),
    },
  );
  expect(await listed.json()).toMatchObject({
    items: [{ id: sent.json.importId, name: 'trail.json', format: 'aws', state: 'running' }],
    nextCursor: null,
  });
  const { token: reads } = await createToken(ctx, { name: 'r', scopes: ['read'] });
  expect(await send({ authorization: `Bearer ${reads}` })).toMatchObject({ status: 403 });
  expect(await send({ authorization: `Bearer ${token}` }, 'hello')).toMatchObject({
    status: 422,
    json: { code: 'import.unreadable' },
  });
});

test('an operator’s cookie uploads from the console’s own page and from nowhere else', async () => {
  const cookie = await cookieOf('analyst');
  const here = { cookie, host: 'localhost:3000', origin: 'http://localhost:3000' };
  expect(await send({ ...here, 'sec-fetch-site': 'same-origin' })).toMatchObject({ status: 202 });
  expect(await send(here)).toMatchObject({ status: 202 });
  expect(await send({ ...here, origin: 'https://evil.example' })).toMatchObject({ status: 401 });
  expect(await send({ ...here, origin: 'null' })).toMatchObject({ status: 401 });
  expect(await send({ ...here, 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 401 });
  expect(await send({ cookie, host: 'localhost:3000' })).toMatchObject({ status: 401 });
  expect(await send({ ...here, cookie: await cookieOf('viewer') })).toMatchObject({ status: 403 });
});
