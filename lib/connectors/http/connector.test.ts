import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { http } from '@/lib/connectors/http/connector';
import { capabilitiesOf, manifest } from '@/lib/connectors/http/manifest';
import { whole } from '@/lib/connectors/http/testing-description';
import { startService, type TestService, TOKEN } from '@/lib/connectors/http/testing-service';
import { testingNotes } from '@/lib/connectors/testing-notes';

let service: TestService;
const WORKER = 'orders/../worker?x=1&y';

const connect = (description: string, values: Record<string, string> = {}, notes = testingNotes(), by = http) => {
  const { config, secrets } = manifest.split({ description, secret: TOKEN, ownNetwork: 'yes', ...values });
  return by.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes,
  });
};

beforeAll(async () => {
  service = await startService();
  for (const id of [WORKER, 'admin', 'a', 'b', 'c']) service.add(id);
});
afterAll(() => service.stop());

contractSuite(
  { ...manifest, capabilities: capabilitiesOf({ description: whole('https://service.example.org') }) },
  async () => {
    const connection = await connect(whole(service.url));
    return {
      connection,
      system: { kind: 'real' as const, name: 'an HTTP service of the suite' },
      identity: WORKER,
      protectedIdentity: 'admin',
      open: async () => {
        const session = service.open(WORKER);
        return session && { alive: async () => session.status === 'active' };
      },
      bystander: {
        identity: 'a',
        open: async () => {
          const session = service.open('a');
          return session && { alive: async () => session.status === 'active' };
        },
      },
      remove: () => void service.accounts.delete(WORKER),
      close: async () => {
        service.add(WORKER);
        await connection.close();
      },
    };
  },
);

test('pages are followed to their end; what a name holds never becomes another address', async () => {
  const connection = await connect(whole(service.url));
  expect(await connection.discover!()).toHaveLength(5);
  service.asked.length = 0;
  await connection.canEnter!(WORKER);
  expect(service.asked).toEqual([`GET /v1/accounts/${encodeURIComponent(WORKER)}`]);
  for (const name of ['..', '.', ''])
    await expect(connection.canEnter!(name)).rejects.toMatchObject({ code: 'connector.refused' });
  expect(service.asked).toHaveLength(1);
});

test('only what is described can be done', async () => {
  const reading = whole(service.url).split('terminate:')[0]!;
  expect(capabilitiesOf({ description: reading })).toMatchObject({
    discover: 'native',
    list: 'native',
    terminateOne: 'none',
    revokeAll: 'none',
    pause: 'none',
    restore: 'none',
    probe: 'none',
  });
  const connection = await connect(reading);
  expect(connection.terminateSession).toBeUndefined();
  expect(connection.blockIdentity).toBeUndefined();
  expect((await connection.test()).checks.map((one) => [one.check, one.ok])).toEqual([
    ['List identities', true],
    ['List sessions', true],
  ]);
});

test('a test says what mends what it was refused, and which rights it did not try', async () => {
  const connection = await connect(whole(service.url));
  const [before] = [JSON.stringify([...service.accounts])];
  service.instead.push({ status: 403 });
  const tested = await connection.test();
  expect(tested.checks.map((one) => [one.check, one.ok, one.untried ?? false])).toEqual([
    ['List identities', false, false],
    ['List sessions', true, false],
    ['End one session', true, true],
    ['Block', true, true],
    ['Restore', true, true],
  ]);
  expect(tested.checks[0]!.fix).toBe('At the system, let who Braid connects as call GET /accounts.');
  expect(tested.checks[3]!.detail).toContain('PATCH /accounts/{identity.id}');
  const astray = await connect(
    whole(service.url).replace(
      'items: data\n  next: { cursor: page.next, query: after }\n  id: id',
      'items: page\n  id: id',
    ),
  );
  expect((await astray.test()).checks[0]).toMatchObject({ ok: false, fix: expect.stringContaining('identities') });
  expect(JSON.stringify([...service.accounts])).toBe(before);
});

test('what the system took and does not show is accepted, or failed where it should show it; what lives on is said', async () => {
  const { account } = { account: service.accounts.get('a')! };
  const keeps = whole(service.url).replace('body: { disabled: true }', 'body: { note: 1 }');
  expect(await (await connect(keeps)).blockIdentity!('a')).toMatchObject({ state: 'failed' });
  expect(await (await connect(`${keeps}async: true\n`)).blockIdentity!('a')).toMatchObject({ state: 'accepted' });
  expect(account.disabled).toBe(false);
  const lasting = `${whole(service.url)}lives_on:\n  - { gap: G2, what: access tokens, why: signed, seconds: 600 }\n`;
  const connection = await connect(lasting);
  await connection.blockIdentity!('b');
  await connection.endSessions!('b');
  const probed = await connection.probeIdentity!('b');
  expect(probed).toMatchObject({ result: 'gone', residuals: [{ gap: 'G2', what: 'access tokens' }] });
  expect(await connection.probeIdentity!('b')).toMatchObject({ residuals: [{ until: probed.residuals[0]!.until }] });
  expect(capabilitiesOf({ description: lasting }).gaps).toEqual({ G2: 'access tokens: signed' });
});

test('a pause leaves what is derived, unless a client gets it anew by itself', async () => {
  const derived = `${whole(service.url)}derived:\n  request: POST /accounts/{identity.id}/keys/none\n  already: [404]\n`;
  const connection = await connect(derived);
  service.asked.length = 0;
  expect(await connection.endDerived!('a', 'pause')).toMatchObject({ state: 'effective', affected: 0 });
  expect(service.asked).toEqual([]);
  await connection.endDerived!('a', 'revoke');
  await (await connect(`${derived}  anew: true\n`)).endDerived!('a', 'pause');
  expect(service.asked).toEqual(Array(2).fill('POST /v1/accounts/a/keys/none'));
});

test('what lives on is reckoned from the block by a process that was started since, and anew after the next block', async () => {
  service.add('since');
  const notes = testingNotes();
  const lasting = `${whole(service.url)}lives_on:\n  - { gap: G2, what: access tokens, why: signed, seconds: 600 }\n`;
  const connection = await connect(lasting, {}, notes);
  await connection.blockIdentity!('since');
  const until = async (by: Connection) => Date.parse((await by.probeIdentity!('since')).residuals[0]!.until!);
  const told = await until(connection);
  vi.resetModules();
  const fresh = (await import('@/lib/connectors/http/connector')).http;
  const next = await connect(lasting, {}, notes, fresh);
  expect(await until(next)).toBe(told);
  expect(await until(await connect(lasting, {}, testingNotes(), fresh))).toBeGreaterThan(told);
  expect(await next.restoreIdentity!('since')).toMatchObject({ state: 'effective', affected: 1 });
  await next.blockIdentity!('since');
  expect(await until(next)).toBeGreaterThan(told);
});

test('an answer that is no success is no state and no proof', async () => {
  const connection = await connect(whole(service.url));
  service.instead.push({ status: 400, body: {} });
  await expect(connection.canEnter!('c')).rejects.toMatchObject({ code: 'connector.refused' });
  const probing = `${whole(service.url)}probe:\n  identity: { request: "GET /accounts/{identity.id}", gone: { path: account, exists: false } }\n`;
  const own = await connect(probing);
  await own.blockIdentity!('c');
  service.instead.push(
    { status: 200, body: { account: { disabled: true } } },
    { status: 200, body: { data: [] } },
    { status: 400, body: {} },
  );
  await expect(own.probeIdentity!('c')).rejects.toMatchObject({ code: 'connector.refused' });
});

test('a busy system is left alone as long as it asks; a refusal says what was asked and never with what', async () => {
  const connection = await connect(whole(service.url));
  service.instead.push({ status: 429, headers: { 'retry-after': '7' } });
  await expect(connection.listSessions!()).rejects.toMatchObject({
    code: 'connector.limited',
    detail: { retryAfterMs: 7_000 },
  });
  service.instead.push({ status: 500 });
  await expect(connection.listSessions!()).rejects.toMatchObject({ code: 'connector.unreachable' });
  service.instead.push({ status: 200, body: { data: 'none' } });
  await expect(connection.listSessions!()).rejects.toMatchObject({
    code: 'connector.refused',
    publicMessage: expect.stringContaining('there is no list'),
  });
  const wrong = await connect(whole(service.url), { secret: 'wrong-secret-9' });
  const tested = await wrong.test();
  expect(tested).toMatchObject({
    ok: false,
    checks: expect.arrayContaining([
      expect.objectContaining({ check: 'List identities', detail: 'GET /accounts was answered 401.' }),
    ]),
  });
  expect(JSON.stringify(tested)).not.toContain('wrong-secret-9');
  expect(tested.checks[0]!.fix).toBe(
    'Give a token, password or client secret that the system accepts for GET /accounts.',
  );
  await expect((await connect(whole(service.url), { ownNetwork: 'no' })).discover!()).rejects.toMatchObject({
    code: 'connector.refused',
  });
});

test('client credentials, a header or a password show who asks', async () => {
  const seen: Record<string, string | undefined>[] = [];
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    seen.push({
      url: request.url,
      authorization: request.headers.authorization,
      key: request.headers['x-api-key'] as string,
    });
    const body = request.url === '/token' ? { access_token: 'minted', expires_in: 300 } : { data: [] };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const base = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
  const reading = (auth: string) =>
    `name: x\nbase: ${base}\nauth: ${auth}\nidentities: { request: GET /list, items: data, id: id }\n`;
  await (await connect(reading('{ basic: { user: braid } }'))).discover!();
  await (await connect(reading('{ header: { name: X-API-Key, prefix: "key " } }'))).discover!();
  const minted = await connect(reading(`{ oauth: { token: "${base}/token", client: braid, scope: read } }`));
  await minted.discover!();
  await minted.discover!();
  expect(seen.map((one) => [one.url, one.authorization ?? one.key])).toEqual([
    ['/list', `Basic ${Buffer.from(`braid:${TOKEN}`).toString('base64')}`],
    ['/list', `key ${TOKEN}`],
    ['/token', `Basic ${Buffer.from(`braid:${TOKEN}`).toString('base64')}`],
    ['/list', 'Bearer minted'],
    ['/list', 'Bearer minted'],
  ]);
  server.close();
});

test('an answer without its list, or a list too long to read whole, is no listing', async () => {
  const connection = await connect(whole(service.url));
  service.instead.push({ status: 200, body: { error: 'later' } });
  await expect(connection.discover!()).rejects.toMatchObject({ code: 'connector.refused' });
  service.instead.push({ status: 200, body: { data: Array(50_000).fill({}), page: { next: '2' } } });
  await expect(connection.discover!()).rejects.toThrow(/read whole/);
});
