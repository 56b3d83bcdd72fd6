import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { oidc } from '@/lib/connectors/oidc/connector';
import { capabilitiesOf, manifest } from '@/lib/connectors/oidc/manifest';
import { startProviderThatForgets } from '@/lib/connectors/oidc/testing-forgetful';
import { startProvider, type TestProvider } from '@/lib/connectors/oidc/testing-provider';
import { testingNotes } from '@/lib/connectors/testing-notes';

const GRANTS = ['client_credentials', 'refresh_token', 'authorization_code'];
let idp: TestProvider;

interface Registered {
  id: string;
  secret: string;
  line: string;
}

async function register(grants: string[] = GRANTS): Promise<Registered> {
  const web = grants.includes('authorization_code');
  const made = await idp.register({
    grant_types: grants,
    ...(web ? { redirect_uris: ['https://app.example.org/back'], response_types: ['code'] } : {}),
  });
  return {
    id: made.client_id!,
    secret: made.client_secret!,
    line: `${made.client_id} registration ${made.registration_access_token} ${made.registration_client_uri}`,
  };
}

const settings = (values: Record<string, string>) =>
  manifest.split({
    issuer: idp.issuer,
    clientId: 'braid',
    clientSecret: 'braid-secret',
    ownNetwork: 'yes',
    clients: 'nobody',
    ...values,
  });
const connect = (
  values: Record<string, string>,
  kept?: (secrets: unknown) => void,
  notes = testingNotes(),
  by = oidc,
): Promise<Connection> => {
  const { config, secrets } = settings(values);
  return by.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes,
    keepSecrets: async (fresh) => kept?.(fresh),
  });
};

beforeAll(async () => {
  idp = await startProvider();
});
afterAll(() => idp.stop());

let whole: { values: Record<string, string>; client: Registered; beside: Registered };
const prepare = async () => {
  const [client, beside] = [await register(['client_credentials']), await register(['client_credentials'])];
  const held = [client.line, `${client.id} secret ${client.secret}`].join('\n');
  const clients = [client, beside].map(({ id }) => `${id} client_credentials`).join('\n');
  return { client, beside, values: { clients, held, tokenSecs: '600', canary: client.id } };
};
const declared = {
  ...manifest,
  capabilities: capabilitiesOf(
    manifest.config.parse({
      issuer: 'https://idp.example.org',
      clientId: 'braid',
      clients: [],
      holds: [
        { client: 'w', kind: 'registration' },
        { client: 'w', kind: 'secret' },
      ],
    }),
  ),
};

contractSuite(declared, async () => {
  whole = await prepare();
  const connection = await connect(whole.values);
  const { id } = whole.client;
  const enter = async (as: Registered) => {
    const got = await idp.token(as.id, as.secret, { grant_type: 'client_credentials' });
    return got
      ? { alive: async () => Boolean(await idp.provider.ClientCredentials.find(got.access_token!)) }
      : undefined;
  };
  return {
    connection,
    system: { kind: 'real' as const, name: 'oidc-provider 9' },
    identity: id,
    protectedIdentity: 'braid',
    // Its access tokens are held by nobody: they live until they expire, and the probe says until when.
    differs: { livesOn: true, proof: { result: 'gone' as const, gaps: ['G2'] } },
    open: () => enter(whole.client),
    bystander: { identity: whole.beside.id, open: () => enter(whole.beside) },
    cannotRemove: 'what the connector knows is what its settings name',
    close: () => connection.close(),
  };
});

test('held tokens are listed by introspection, ended alone, and a refresh token that is over mints nothing when redeemed', async () => {
  const client = await register();
  const one = await idp.grant(client.id, 'dana');
  const other = await idp.grant(client.id, 'li');
  const held = [
    `${client.id} secret ${client.secret}`,
    `${client.id} refresh_token ${one.refresh}`,
    `${client.id} access_token ${other.access}`,
  ].join('\n');
  const connection = await connect({ clients: `${client.id} ${GRANTS.join(' ')}`, held });
  const listed = await connection.listSessions!();
  expect(listed.map((session) => session.label).sort()).toEqual([
    'access token held by Braid',
    'refresh token held by Braid',
  ]);
  expect(JSON.stringify(listed)).not.toContain(one.refresh);
  const meant = listed.find((session) => session.native.token === 'refresh_token')!;
  expect(await connection.probeSession!(meant)).toMatchObject({ result: 'alive' });
  expect(await connection.terminateSession!(meant)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await connection.terminateSession!(meant)).toMatchObject({ state: 'effective', affected: 0 });
  const probed = await connection.probeSession!(meant);
  expect(probed).toMatchObject({ result: 'gone', residuals: [] });
  expect(probed.checks.map((check) => check.saw)).toEqual(['not active', 'refused']);
  expect(await connection.listSessions!()).toHaveLength(1);
  // Without a registration its secret still lets it in: said, and never taken for over.
  expect(await connection.blockIdentity!(client.id)).toMatchObject({ state: 'accepted' });
  await connection.endSessions!(client.id);
  expect(await connection.probeIdentity!(client.id)).toMatchObject({
    result: 'alive',
    detail: 'its secret still obtains tokens',
  });
});

test('a refresh token that goes on minting is a residual (G1), and what it minted is revoked', async () => {
  const client = await register();
  const grant = await idp.grant(client.id, 'dana');
  // A provider whose introspection forgets a token that its token endpoint still honours.
  const lying = await startProviderThatForgets(idp, grant.refresh);
  const held = [
    client.line,
    `${client.id} secret ${client.secret}`,
    `${client.id} refresh_token ${grant.refresh}`,
  ].join('\n');
  const values = { clients: `${client.id} ${GRANTS.join(' ')}`, held, issuer: lying.issuer };
  const connection = await connect(values);
  const [session] = [{ ...(await (await connect({ ...values, issuer: idp.issuer })).listSessions!())[0]! }];
  const probed = await connection.probeSession!(session!);
  expect(probed).toMatchObject({ result: 'gone', residuals: [{ gap: 'G1', until: null }] });
  expect(lying.minted).toBe(1);
  await lying.stop();
});

test('a registration gives back exactly what was taken, through tokens the provider rotates; other settings are refused', async () => {
  const client = await register();
  let secrets: unknown;
  const kept = (fresh: unknown) => {
    secrets = fresh;
  };
  const wrong = await connect({ clients: `${client.id} client_credentials`, held: client.line });
  expect(await wrong.blockIdentity!(client.id)).toMatchObject({ state: 'failed' });
  const values = { clients: `${client.id} ${GRANTS.join(' ')}`, held: client.line };
  const connection = await connect(values, kept);
  const before = (await idp.provider.Client.find(client.id))!.metadata();
  expect(await connection.pauseIdentity!(client.id)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await idp.token(client.id, client.secret, { grant_type: 'client_credentials' })).toBeUndefined();
  const after = secrets as { held: string };
  expect(after.held).not.toBe(client.line);
  // The next connection is opened with what was kept.
  const next = await connect({ ...values, held: after.held }, kept);
  expect(await next.restoreIdentity!(client.id)).toMatchObject({ state: 'effective', affected: 1 });
  expect((await idp.provider.Client.find(client.id))!.metadata()).toEqual(before);
  // Without the longest life of a token nobody can say that those issued before are over.
  const last = await connect({ ...values, held: (secrets as { held: string }).held }, kept);
  await last.blockIdentity!(client.id);
  expect(await last.probeIdentity!(client.id)).toMatchObject({
    result: 'unknown',
    detail: expect.stringContaining('G9'),
  });
});

test('a process that was started since knows when the block began, and gives back what was taken', async () => {
  const { client, values } = await prepare();
  const notes = testingNotes();
  let { held } = values;
  const kept = (fresh: unknown) => {
    ({ held } = fresh as { held: string });
  };
  const connection = await connect(values, kept, notes);
  const before = (await idp.provider.Client.find(client.id))!.metadata();
  await connection.blockIdentity!(client.id);
  const until = async (by: Connection) => Date.parse((await by.probeIdentity!(client.id)).residuals[0]!.until!);
  const told = await until(connection);
  vi.resetModules();
  const fresh = (await import('@/lib/connectors/oidc/connector')).oidc;
  const next = await connect({ ...values, held }, kept, notes, fresh);
  expect(await until(next)).toBe(told);
  expect(await until(await connect({ ...values, held }, kept, testingNotes(), fresh))).toBeGreaterThan(told);
  expect(await next.restoreIdentity!(client.id)).toMatchObject({ state: 'effective', affected: 1 });
  expect((await idp.provider.Client.find(client.id))!.metadata()).toEqual(before);
  expect(await notes.read(`since:${client.id}`)).toBeNull();
});

test('Global Token Revocation is called with a bearer or a signed JWT; 204 is begun, not done', async () => {
  const asked: { authorization: string; body: unknown }[] = [];
  let status = 204;
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    asked.push({ authorization: String(request.headers.authorization), body: JSON.parse(text) });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const endpoint = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}/revoke`;
  const base = { clients: 'report-worker', globalEndpoint: endpoint };
  const bearer = await connect({ ...base, globalRevocation: 'bearer', globalToken: 'gtr-token' });
  expect(await bearer.blockIdentity!('report-worker')).toMatchObject({ state: 'accepted' });
  expect(await bearer.endDerived!('report-worker', 'revoke')).toMatchObject({ state: 'accepted' });
  expect(asked[0]).toEqual({
    authorization: 'Bearer gtr-token',
    body: { sub_id: { format: 'iss_sub', iss: idp.issuer, sub: 'report-worker' } },
  });
  for (const [code, state] of [
    [404, 'effective'],
    [400, 'failed'],
    [401, 'failed'],
    [403, 'failed'],
    [422, 'failed'],
  ] as const) {
    status = code;
    expect(await bearer.endDerived!('report-worker', 'revoke')).toMatchObject({ state });
  }
  status = 204;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const globalKey = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const signed = await connect({ ...base, globalRevocation: 'signed_jwt', globalKey, subjectFormat: 'opaque' });
  await signed.endDerived!('report-worker', 'revoke');
  const last = asked.at(-1)!;
  expect(last.body).toEqual({ sub_id: { format: 'opaque', id: 'report-worker' } });
  const jwt = last.authorization.replace('Bearer ', '');
  expect(decodeProtectedHeader(jwt)).toMatchObject({ typ: 'global-token-revocation+jwt', alg: 'ES256' });
  const { payload } = await jwtVerify(jwt, publicKey, { audience: endpoint, issuer: 'braid' });
  expect(payload).toMatchObject({ sub: 'braid', jti: expect.any(String) });
  server.close();
});

test('a signed access token that is held lives until it expires where nobody asks (G2)', async () => {
  const far = Math.floor(Date.UTC(2100, 0, 1) / 1000);
  const jwt = [{ alg: 'RS256' }, { exp: far }]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const connection = await connect({ held: `worker access_token ${jwt}.c2ln` });
  const session = { key: 'k', externalIdentityId: 'worker', native: {} };
  const { fingerprint } = await import('@/lib/connectors/oidc/found-normalise');
  const probed = await connection.probeSession!({ ...session, native: { held: fingerprint(`${jwt}.c2ln`) } } as never);
  expect(probed.checks[0]!.saw).toBe('not answered for');
  expect(await connection.endSessions!('worker')).toMatchObject({ state: 'accepted' });
  expect(probed).toMatchObject({ result: 'gone', residuals: [{ gap: 'G2', until: '2100-01-01T00:00:00.000Z' }] });
});

test('what is wrong with settings is said by line, never with the secret that stands there', () => {
  for (const [held, said] of [
    ['worker password hunter2', 'line 1 needs one of'],
    ['# mine\n\nworker refresh_token', 'line 3 ends before'],
    ['worker registration hunter2', 'configuration address'],
    ['worker secret hunter2 more', 'more words'],
  ] as const) {
    expect(() => settings({ held })).toThrowError(said);
    try {
      settings({ held });
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain('hunter2');
    }
  }
});

test('a provider that is another one, or none, is refused; a provider’s keys verify what it says of itself', async () => {
  await expect(connect({ issuer: `${idp.issuer}/other` })).rejects.toMatchObject({ code: 'connector.refused' });
  await expect(connect({ issuer: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'connector.unreachable' });
  await expect(connect({ ownNetwork: 'no' })).rejects.toMatchObject({ code: 'connector.refused' });
  expect(createRemoteJWKSet(new URL(`${idp.issuer}/jwks`))).toBeTypeOf('function');
  const wrong = await connect({ clientSecret: 'wrong', held: 'worker access_token abcdefgh' });
  const failed = (await wrong.test()).checks.filter((check) => !check.ok).map((check) => check.check);
  expect(failed).toEqual(['Introspect tokens (RFC 7662)', 'Revoke tokens (RFC 7009)']);
});
