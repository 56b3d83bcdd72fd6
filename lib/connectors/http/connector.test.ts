import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contractSuite } from '@/lib/connectors/contract-test';
import { nextPage } from '@/lib/connectors/http/client';
import { http } from '@/lib/connectors/http/connector';
import { check } from '@/lib/connectors/http/description-model';
import { fillBody, fillPath, namesIn } from '@/lib/connectors/http/fill-evaluate';
import { toIdentity, toSession } from '@/lib/connectors/http/found-normalise';
import { capabilitiesOf, manifest, readDescription } from '@/lib/connectors/http/manifest';
import { holds, select, stepsOf } from '@/lib/connectors/http/select-evaluate';
import { startService, type TestService, TOKEN } from '@/lib/connectors/http/testing-service';

let service: TestService;
const WORKER = 'orders/../worker?x=1&y';

const whole = (base: string) => `name: Service
base: ${base}
auth: { bearer: true }
identities:
  request: GET /accounts
  items: data
  next: { cursor: page.next, query: after }
  id: id
  name: login
  enabled: { path: disabled, equals: false }
sessions:
  request: GET /sessions
  items: data
  next: { cursor: page.next, query: after }
  key: id
  identity: account
  started: created
  keep: { version: version }
terminate:
  request: POST /sessions/{session.key}/cancel
  body: { version: "{session.version}" }
  already: [404]
state:
  request: GET /accounts/{identity.id}
  enabled: { path: account.disabled, equals: false }
block:
  request: PATCH /accounts/{identity.id}
  body: { disabled: true }
restore:
  request: PATCH /accounts/{identity.id}
  body: { disabled: false }
protected: [admin]
`;

const connect = (description: string, values: Record<string, string> = {}) => {
  const { config, secrets } = manifest.split({ description, secret: TOKEN, ownNetwork: 'yes', ...values });
  return http.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), { connectorId: 'c', own: null });
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
      close: () => connection.close(),
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
    checks: [{ check: 'List identities', detail: 'GET /accounts was answered 401.' }, {}],
  });
  expect(JSON.stringify(tested)).not.toContain('wrong-secret-9');
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

const problems = (source: string) => check(source, namesIn).problems.map((one) => [one.line, one.message]);

test('what is wrong with a description is said by line', () => {
  const good = whole('https://service.example.org');
  expect(problems(good)).toEqual([]);
  const lineOf = (text: string) => good.split('\n').findIndex((line) => line.includes(text)) + 1;
  expect(problems(good.replace('key: id', 'key: "id[x"'))).toEqual([
    [lineOf('key: id'), 'is no path: write it like data.items[0].id'],
  ]);
  expect(problems(good.replace('items: data\n  next', 'item: data\n  next'))).toEqual(
    expect.arrayContaining([[lineOf('items: data'), 'is no member that is known here']]),
  );
  expect(problems(good.replace('GET /sessions', 'FETCH /sessions'))[0]).toEqual([
    lineOf('GET /sessions'),
    'has to be a method and a path below the base, like GET /users',
  ]);
  expect(problems(good.replace('GET /sessions', 'GET //elsewhere.example.org'))[0]![0]).toBe(lineOf('GET /sessions'));
  expect(problems(good.replace('{session.version}', '{session.secret}'))).toEqual([
    [lineOf('{session.version}'), 'knows no {session.secret}: keep it where sessions are listed'],
  ]);
  expect(problems(good.replace('{session.key}/cancel', '{identity.id}/cancel'))).toEqual([
    [lineOf('{session.key}/cancel'), 'knows no {identity.id} here'],
  ]);
  expect(problems(good.replace('{session.key}/cancel', '{{session.key}}/cancel'))[0]![1]).toContain('braces');
  expect(problems(good.replace(/state:\n.*\n.*\n/, ''))).toEqual([
    [lineOf('block:') - 3 + 1, expect.stringContaining('needs state')],
  ]);
  expect(problems('name: [')[0]).toEqual([1, expect.any(String)]);
  expect(problems('a: &x 1\nb: *x\n')[0]![1]).toContain('aliases');
  expect(() => readDescription('name: x')).toThrowError(/line 1: base/);
});

test('any text is a description or has a problem with a line', () => {
  const good = whole('https://service.example.org');
  fc.assert(
    fc.property(fc.nat(good.length), fc.nat(40), fc.string({ maxLength: 40 }), (at, cut, put) => {
      const source = good.slice(0, at) + put + good.slice(at + cut);
      for (const problem of check(source, namesIn).problems) {
        expect(problem.line).toBeGreaterThan(0);
        expect(problem.line).toBeLessThanOrEqual(source.split('\n').length + 1);
      }
    }),
    { numRuns: 300 },
  );
});

test('whatever stands in a name, it stays one segment of the path, one value of the query and one text of the body', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (id) => {
      fc.pre(!/^\.{1,2}$/.test(id));
      const filled = new URL(`https://x${fillPath('/a/{identity.id}/b?c={identity.id}&d=1', { 'identity.id': id })}`);
      expect(filled.pathname.split('/')).toHaveLength(4);
      expect([...filled.searchParams.keys()]).toEqual(['c', 'd']);
      expect(JSON.parse(JSON.stringify(fillBody({ a: 'x-{identity.id}' }, { 'identity.id': id })))).toEqual({
        a: `x-${id}`,
      });
    }),
  );
  expect(fillBody(['{session.version}'], { 'session.version': 3 })).toEqual([3]);
  expect(() => fillPath('/{identity.gone}', {})).toThrowError(/identity\.gone/);
});

test('paths: what they select, and that nothing inherited is selected', () => {
  const value = { a: [{ b: 1 }, { b: 2 }], 'odd name': { c: null } };
  expect(select(value, 'a[1].b')).toBe(2);
  expect(select(value, '$.a[*].b')).toEqual([1, 2]);
  expect(select(value, '["odd name"].c')).toBeNull();
  expect(select(value, '$')).toEqual(value);
  for (const path of ['__proto__', 'constructor', 'a.length', 'toString']) expect(select(value, path)).toBeUndefined();
  expect(stepsOf('a[')).toBeNull();
  expect(holds({ a: 1 }, { path: 'a', in: [1, 2] })).toBe(true);
  expect(holds({}, { path: 'a', exists: false })).toBe(true);
});

test('the next page: cursors, links below the base only, numbers, offsets, and an end', () => {
  const had = { pages: 1, items: 2, here: 2 };
  const at = { base: 'https://x.example.org/v1' };
  const page = (next: never, heard: unknown = {}, so = had) => nextPage(at, 'GET /l?a=1', next, heard, so);
  expect(page({ cursor: 'n', query: 'c' } as never, { n: 'a&b' })).toBe('GET /l?a=1&c=a%26b');
  expect(page({ cursor: 'n', query: 'c' } as never, { n: 0 })).toBeNull();
  expect(page({ page: 'p', first: 1 } as never)).toBe('GET /l?a=1&p=2');
  expect(page({ offset: 'o' } as never)).toBe('GET /l?a=1&o=2');
  expect(page({ link: 'n' } as never, { n: 'https://x.example.org/v1/l?b=2' })).toBe('GET /l?b=2');
  expect(() => page({ link: 'n' } as never, { n: 'https://evil.example.org/v1/l' })).toThrowError(/away/);
  expect(page({ offset: 'o' } as never, {}, { ...had, here: 0 })).toBeNull();
});

test('items of any shape become identities and sessions that are complete, or none', () => {
  const given = readDescription(whole('https://service.example.org'));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          id: fc.jsonValue(),
          login: fc.jsonValue(),
          account: fc.jsonValue(),
          created: fc.jsonValue(),
          version: fc.jsonValue(),
        }),
      ),
      (item) => {
        const [identity, session] = [toIdentity(given, item), toSession(given, item, 0)];
        if (identity) expect(identity.externalId.length).toBeGreaterThan(0);
        if (session) expect(new Date(session.startedAt).toISOString()).toBe(session.startedAt);
      },
    ),
  );
});

test('the examples of the documentation can be used', () => {
  const folder = path.join(import.meta.dirname, '../../../docs/examples/connectors');
  const files = fs.readdirSync(folder);
  expect(files.length).toBeGreaterThan(1);
  for (const file of files)
    expect([file, problems(fs.readFileSync(path.join(folder, file), 'utf8'))]).toEqual([file, []]);
});
