import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createToken } from '@/lib/access/create-token';
import { create } from '@/lib/connectors/create';
import { look } from '@/lib/connectors/look';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { revocationEndpoint } from '@/lib/logouts/endpoint';
import { LOGOUT_EVENT, REVOCATION_TYP } from '@/lib/logouts/model';
import { serveLogout, serveRevocation } from '@/lib/logouts/serve';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

testDatabase();

let issuer: string;
let provider: Provider;
let server: http.Server;
let own: http.Server;
let key: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
const answers: { status: number; body: string; cache: string | null }[] = [];

const listen = async (made: http.Server): Promise<string> => {
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
};

/** Braid's own endpoint over HTTP, as the provider calls it. */
const braid = () =>
  http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = { 'content-type': String(request.headers['content-type']) };
    const asked = new Request(`http://braid${request.url}`, { method: 'POST', headers, body: Buffer.concat(chunks) });
    const answer = await serveLogout(asked);
    const body = await answer.text();
    answers.push({ status: answer.status, body, cache: answer.headers.get('cache-control') });
    response.writeHead(answer.status).end(body);
  });

beforeAll(async () => {
  own = braid();
  const uri = await listen(own);
  const pair = await generateKeyPair('RS256', { extractable: true });
  key = pair.privateKey;
  const jwk: JWK = { ...(await exportJWK(key)), kid: 'k1', use: 'sig', alg: 'RS256' };
  server = http.createServer((request, response) => void provider.callback()(request, response));
  issuer = await listen(server);
  provider = new Provider(issuer, {
    // It refuses addresses of one's own networks and waits 2.5 s; here both ends share this machine with everything else.
    fetch: (url, { dispatcher: _, signal: __, ...options }: RequestInit & { dispatcher?: unknown } = {}) =>
      fetch(url, options),
    jwks: { keys: [jwk as never] },
    features: { backchannelLogout: { enabled: true }, devInteractions: { enabled: false } },
    clients: [
      {
        client_id: 'braid',
        client_secret: 'braid-secret',
        redirect_uris: ['https://braid.example.org/back'],
        backchannel_logout_uri: `${uri}/api/backchannel-logout`,
        backchannel_logout_session_required: true,
      },
    ],
  });
  await apply(admin, { source: 'set: open\ndefault: allow\nmeters: {}\nrules: []\n' });
  const values = {
    issuer,
    clientId: 'braid',
    clientSecret: 'braid-secret',
    ownNetwork: 'yes',
    clients: 'report-worker\nbilling-worker\nqueue-worker',
  };
  const { id } = await create(admin, { vendor: 'oidc', name: 'Company login', values });
  await look(id);
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  own.closeAllConnections();
  own.close();
});

const now = () => Math.floor(clock.ms() / 1000);
const sign = (claims: object, header: object = {}, by = key) =>
  new SignJWT({ iss: issuer, aud: 'braid', iat: now(), exp: now() + 120, jti: newId(), ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'logout+jwt', ...header })
    .sign(by);
const EVENTS = { events: { [LOGOUT_EVENT]: {} } };
const send = (token: string) =>
  serveLogout(new Request('http://braid/', { method: 'POST', body: new URLSearchParams({ logout_token: token }) }));
/** A machine that is too busy to decide in time denies: that says nothing about a session. */
async function live(subject: string, session: string) {
  for (;;) {
    const answer = await ask({ subject, session: { id: session } });
    if (answer.reason !== 'state_unavailable') return answer;
  }
}

test('a real provider’s logout ends that session at the decision point, and no other', async () => {
  expect((await live('report-worker', 'sid-1')).decision).toBe(true);
  expect((await live('report-worker', 'sid-2')).decision).toBe(true);
  const client = (await provider.Client.find('braid'))!;
  await (client as unknown as { backchannelLogout(sub: string, sid: string): Promise<void> }).backchannelLogout(
    'report-worker',
    'sid-1',
  );
  expect(answers).toEqual([{ status: 200, body: '', cache: 'no-store' }]);
  expect(await live('report-worker', 'sid-1')).toMatchObject({ decision: false });
  expect((await live('report-worker', 'sid-2')).decision).toBe(true);
  const [order] = await prisma().logoutOrder.findMany();
  expect(order).toMatchObject({
    kind: 'logout',
    issuer,
    outcome: '1 ended',
    subject: { sub: 'report-worker', sid: 'sid-1' },
  });
  const done = await prisma().revocation.findUniqueOrThrow({ where: { id: order!.revocationIds[0]! } });
  expect(done).toMatchObject({ kind: 'terminate', actorKind: 'system', actorName: 'logout by Company login' });
  expect(await prisma().auditEntry.count({ where: { action: 'session.terminate' } })).toBe(1);
});

test('a subject without a session id means all of its sessions; one nobody knows is a success that ends nothing', async () => {
  for (const session of ['a', 'b']) await live('billing-worker', session);
  expect((await send(await sign({ sub: 'billing-worker', ...EVENTS }))).status).toBe(200);
  for (const session of ['a', 'b']) expect((await live('billing-worker', session)).decision).toBe(false);
  expect((await live('billing-worker', 'c')).decision).toBe(true);
  expect((await send(await sign({ sub: 'nobody-here', ...EVENTS }))).status).toBe(200);
  expect((await send(await sign({ sid: 'no-such-session', ...EVENTS }))).status).toBe(200);
});

test('a token is refused with 400 where any of the standard’s checks fails, and the session goes on', async () => {
  await live('queue-worker', 'q');
  const sub = { sub: 'queue-worker', ...EVENTS };
  const foreign = (await generateKeyPair('RS256')).privateKey;
  const once = await sign(sub);
  const bad: Record<string, string> = {
    'another key': await sign(sub, {}, foreign),
    'another issuer': await sign({ ...sub, iss: 'https://elsewhere.example.org' }),
    'another audience': await sign({ ...sub, aud: 'report-app' }),
    'another type': await sign(sub, { typ: 'at+jwt' }),
    'no event': await sign({ sub: 'queue-worker' }),
    'an event that is no object': await sign({ sub: 'queue-worker', events: { [LOGOUT_EVENT]: true } }),
    'a nonce': await sign({ ...sub, nonce: 'n' }),
    'neither sub nor sid': await sign(EVENTS),
    'no jti': await sign({ ...sub, jti: undefined }),
    'no iat': await sign({ ...sub, iat: undefined }),
    'no exp': await sign({ ...sub, exp: undefined }),
    expired: await sign({ ...sub, exp: now() - 300 }),
    'of tomorrow': await sign({ ...sub, iat: now() + 86_400, exp: now() + 90_000 }),
    'of yesterday': await sign({ ...sub, iat: now() - 86_400 }),
    unsigned: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ iss: issuer })).toString('base64url')}.`,
    'no token': 'hello',
  };
  for (const [what, token] of Object.entries(bad)) {
    const answer = await send(token);
    expect([what, answer.status, answer.headers.get('cache-control')]).toEqual([what, 400, 'no-store']);
  }
  expect((await live('queue-worker', 'q')).decision).toBe(true);
  expect((await send(once)).status).toBe(200);
  expect((await live('queue-worker', 'q')).decision).toBe(false);
  const again = await send(once);
  expect([again.status, (await again.json()).error_description]).toEqual([400, 'This token was received before.']);
  const json = new Request('http://braid/', {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  expect((await serveLogout(json)).status).toBe(400);
});

test('a token whose receiver was killed before it acted is acted on when it is sent again', async () => {
  await live('queue-worker', 'killed');
  const jti = newId();
  const row = { kind: 'logout', issuer, jti, subject: {}, outcome: 'received' };
  const at = (agoMs: number) => new Date(clock.ms() - agoMs);
  await prisma().logoutOrder.create({ data: { ...row, id: newId(), receivedAt: at(1_000) } });
  const token = await sign({ jti, sub: 'queue-worker', ...EVENTS });
  expect((await send(token)).status).toBe(400);
  await prisma().logoutOrder.updateMany({ where: { jti }, data: { receivedAt: at(60_000) } });
  expect((await send(token)).status).toBe(200);
  expect((await live('queue-worker', 'killed')).decision).toBe(false);
  expect((await send(token)).status).toBe(400);
});

test('what ended by itself meanwhile is not counted as ended, and keeps no other session alive', async () => {
  const names = ['goes', 'goes-too', 'stays'];
  for (const session of names) await live('counted-worker', session);
  // Between what the receiver read and what it asked for, two of them end.
  await pool().query(
    `create function test_goes() returns trigger language plpgsql as $$
       begin update sessions set ended_at = now(), ended_by = 'itself', state = 'ended' where label like 'goes%'; return new; end $$;
     create trigger test_goes after insert on responses for each row execute function test_goes();`,
  );
  try {
    const jti = newId();
    expect((await send(await sign({ jti, sub: 'counted-worker', ...EVENTS }))).status).toBe(200);
    const order = await prisma().logoutOrder.findFirstOrThrow({ where: { jti } });
    expect(order).toMatchObject({ outcome: '1 ended, 2 had ended already', revocationIds: [expect.any(String)] });
  } finally {
    await pool().query('drop function test_goes cascade');
  }
  expect((await live('counted-worker', 'stays')).decision).toBe(false);
});

const revoke = (authorization: string | undefined, body: unknown) =>
  serveRevocation(
    new Request('http://braid/', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
const stateOf = async (name: string) => (await prisma().identity.findFirstOrThrow({ where: { name } })).state;

test('a provider’s orders are bounded like what policies want: refused before anything is done, and told', async () => {
  await live('bounded-worker', 's');
  const value = { never: ['bounded*'] };
  await prisma().setting.create({ data: { key: 'guardrails', value } });
  try {
    const logout = await send(await sign({ sub: 'bounded-worker', ...EVENTS }));
    expect([logout.status, await logout.text()]).toEqual([400, expect.stringContaining('guardrail')]);
    expect((await live('bounded-worker', 's')).decision).toBe(true);
    const token = await sign({ aud: revocationEndpoint(), sub: 'braid' }, { typ: REVOCATION_TYP });
    const subject = { format: 'iss_sub', iss: issuer, sub: 'bounded-worker' };
    expect((await revoke(`Bearer ${token}`, { subject })).status).toBe(422);
    expect(await stateOf('bounded-worker')).toBe('active');
    const refused = await prisma().response.findMany({ where: { state: 'refused' }, orderBy: { id: 'asc' } });
    expect(refused.map((one) => [one.kind, one.askedBy])).toEqual([
      ['terminate', 'logout by Company login'],
      ['pause', 'global revocation by Company login'],
    ]);
  } finally {
    await prisma().setting.delete({ where: { key: 'guardrails' } });
  }
});

test('a global revocation with an API token pauses the identity: denied from the next request', async () => {
  await live('fleet-worker', 's');
  const { token } = await createToken(admin, { name: 'revoker', scopes: ['respond'], issuer: 'default' });
  const { token: reader } = await createToken(admin, { name: 'reader', scopes: ['read'], issuer: 'default' });
  const sub_id = { format: 'opaque', id: 'fleet-worker' };
  expect((await revoke(undefined, { sub_id })).status).toBe(401);
  expect((await revoke('Bearer brd_unknown', { sub_id })).status).toBe(401);
  expect((await revoke(`Bearer ${reader}`, { sub_id })).status).toBe(403);
  const as = `Bearer ${token}`;
  for (const body of ['{', {}, { sub_id: { format: 'ip-addresses' } }, { sub_id: 'fleet-worker' }])
    expect((await revoke(as, body)).status).toBe(400);
  expect((await revoke(as, { sub_id: { format: 'opaque', id: 'nobody' } })).status).toBe(404);
  expect(await stateOf('fleet-worker')).toBe('active');
  expect((await revoke(as, { sub_id })).status).toBe(204);
  expect(await stateOf('fleet-worker')).toBe('paused');
  expect(await live('fleet-worker', 's')).toMatchObject({ decision: false, reason: 'identity_paused' });
  expect((await revoke(as, { sub_id })).status).toBe(204);
  await prisma().identity.updateMany({ where: { name: 'report-worker' }, data: { protected: true } });
  expect((await revoke(as, { sub_id: { format: 'iss_sub', iss: issuer, sub: 'report-worker' } })).status).toBe(422);
  await prisma().identity.updateMany({ where: { name: 'report-worker' }, data: { protected: false } });
});

test('a provider’s own signed call revokes its subjects once, and nobody else’s; the older body is read too', async () => {
  const call = (claims: object = {}, header: object = {}) =>
    sign({ aud: revocationEndpoint(), sub: 'braid', ...claims }, { typ: REVOCATION_TYP, ...header });
  const subject = { format: 'iss_sub', iss: issuer, sub: 'report-worker' };
  for (const token of [
    await call({ aud: 'braid' }),
    await call({ azp: 'report-app' }),
    await call({}, { typ: 'at+jwt' }),
    await call({ exp: now() - 300 }),
    await call({ iss: 'https://elsewhere.example.org' }),
  ])
    expect((await revoke(`Bearer ${token}`, { subject })).status).toBe(401);
  const other = { format: 'iss_sub', iss: 'https://elsewhere.example.org', sub: 'report-worker' };
  expect((await revoke(`Bearer ${await call()}`, { sub_id: other })).status).toBe(404);
  expect(await stateOf('report-worker')).toBe('active');
  const token = await call();
  expect((await revoke(`Bearer ${token}`, { subject })).status).toBe(204);
  expect(await stateOf('report-worker')).toBe('paused');
  expect((await revoke(`Bearer ${token}`, { subject })).status).toBe(401);
});
