import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { oidc } from '@/lib/connectors/oidc/connector';
import { manifest } from '@/lib/connectors/oidc/manifest';
import { startProviderThatForgets } from '@/lib/connectors/oidc/testing-forgetful';
import { startProvider, type TestProvider } from '@/lib/connectors/oidc/testing-provider';
import { testingNotes } from '@/lib/connectors/testing-notes';

const running: { stop(): Promise<void> }[] = [];
afterAll(() => Promise.all(running.map((one) => one.stop())));

async function provider(...given: Parameters<typeof startProvider>): Promise<TestProvider> {
  const idp = await startProvider(...given);
  running.push(idp);
  return idp;
}

const made = async (idp: TestProvider) => {
  const client = await idp.register({
    grant_types: ['client_credentials', 'refresh_token', 'authorization_code'],
    redirect_uris: ['https://app.example.org/back'],
    response_types: ['code'],
  });
  return { id: client.client_id!, secret: client.client_secret!, registration: client };
};

async function check(issuer: string, name: string, values: Record<string, string>) {
  const { config, secrets } = manifest.split({
    issuer,
    clientId: 'braid',
    clientSecret: 'braid-secret',
    ownNetwork: 'yes',
    clients: 'nobody',
    ...values,
  });
  const host = { connectorId: 'c', own: null, notes: testingNotes() };
  const connection = await oidc.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), host);
  const found = (await connection.test()).checks.find((one) => one.check === name);
  await connection.close();
  return found;
}

test('that a token can be ended is tried on one issued for it; without a secret it is said not to be tried', async () => {
  const idp = await provider();
  const { id, secret } = await made(idp);
  const { access } = await idp.grant(id, 'dana');
  const clients = `${id} client_credentials refresh_token authorization_code`;
  const token = `${id} access_token ${access}`;
  const tokens = (held: string) => check(idp.issuer, `Tokens of ${id}`, { clients, held });
  expect(await tokens(`${token}\n${id} secret ${secret}`)).toMatchObject({
    ok: true,
    detail: expect.stringContaining('is active no more'),
  });
  expect(await tokens(token)).toMatchObject({ ok: true, untried: true, detail: expect.stringContaining('not tried') });
  // What is held is as it was.
  expect(await idp.provider.AccessToken.find(access)).toBeDefined();
  expect(await tokens(`${token}\n${id} secret wrong`)).toMatchObject({ ok: false, fix: expect.stringContaining(id) });
});

test('a provider whose 200 means nothing is found out: not told of tokens, or none is ended', async () => {
  const shut = await provider({ features: { introspection: { enabled: true, allowedPolicy: () => false } } });
  const asked = await made(shut);
  const values = (id: string, secret: string) => ({
    clients: `${id} client_credentials`,
    held: `${id} refresh_token abcdefgh\n${id} secret ${secret}`,
  });
  expect(await check(shut.issuer, `Tokens of ${asked.id}`, values(asked.id, asked.secret))).toMatchObject({
    ok: false,
    detail: expect.stringContaining('proves nothing'),
    fix: expect.stringContaining('audience'),
  });
  const keeps = await provider({}, async (request, response) => {
    if (request.url !== '/token/revocation') return false;
    response.end();
    return true;
  });
  const kept = await made(keeps);
  expect(await check(keeps.issuer, `Tokens of ${kept.id}`, values(kept.id, kept.secret))).toMatchObject({
    ok: false,
    detail: expect.stringContaining('still active'),
    fix: expect.stringContaining('RFC 7009'),
  });
  const forgetful = await startProviderThatForgets(shut, 'abcdefgh');
  running.push(forgetful);
  const held = `${asked.id} access_token abcdefgh`;
  expect(await check(forgetful.issuer, `Tokens of ${asked.id}`, { held })).toMatchObject({
    untried: true,
    detail: expect.stringContaining('not active'),
  });
});

test('a registration that restoring would not give back is named, with the line that mends it', async () => {
  const idp = await provider();
  const { id, registration } = await made(idp);
  const held = `${id} registration ${registration.registration_access_token} ${registration.registration_client_uri}`;
  const managed = (clients: string, of = held) => check(idp.issuer, `Manage ${id} (RFC 7592)`, { clients, held: of });
  expect(await managed(`${id} client_credentials`)).toMatchObject({
    ok: false,
    fix: `${id} client_credentials refresh_token authorization_code`,
  });
  expect(await managed(`${id} authorization_code client_credentials refresh_token`)).toMatchObject({ ok: true });
  expect(await managed(id, held.replace(registration.registration_access_token!, 'another'))).toMatchObject({
    ok: false,
    fix: expect.stringContaining('registration token'),
  });
});

test('Global Token Revocation is asked about nobody: who refuses Braid is told from who would listen', async () => {
  const idp = await provider();
  let status = 404;
  const bodies: string[] = [];
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    bodies.push(text);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const globalEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/revoke`;
  const values = { globalRevocation: 'bearer', globalToken: 'token', globalEndpoint, clients: 'worker' };
  for (const [answer, told] of [
    [404, { ok: true, detail: expect.stringContaining('listens') }],
    [401, { ok: false, fix: expect.stringContaining('bearer') }],
    [403, { ok: false }],
    [204, { ok: true, untried: true }],
    [400, { ok: true, untried: true }],
  ] as const) {
    status = answer;
    expect(await check(idp.issuer, 'Global Token Revocation', values)).toMatchObject(told);
  }
  expect(bodies.join('')).not.toContain('worker');
  server.close();
  const { globalEndpoint: _, ...without } = values;
  expect(await check(idp.issuer, 'Global Token Revocation', without)).toMatchObject({ ok: false });
});
