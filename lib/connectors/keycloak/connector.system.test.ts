import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { keycloak } from '@/lib/connectors/keycloak/connector';
import { manifest } from '@/lib/connectors/keycloak/manifest';
import { normalise } from '@/lib/connectors/keycloak/normalise';
import { secretOf, startKeycloak, type TestRealm } from '@/lib/connectors/keycloak/testing-keycloak';
import { testingNotes } from '@/lib/connectors/testing-notes';

const ROLES = ['view-realm', 'view-clients', 'view-users', 'view-events', 'manage-clients', 'manage-users'];
const WORKER = 'orders-worker';

let realm: TestRealm;

const connect = (values: Record<string, string> = {}): Promise<Connection> => {
  const { config, secrets } = manifest.split({
    url: realm.url,
    realm: realm.realm,
    clientId: 'braid',
    clientSecret: secretOf('braid'),
    ownNetwork: 'yes',
    ...values,
  });
  return keycloak.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes: testingNotes(),
  });
};

const canary = (clientId: string) => ({ canary: clientId, canarySecret: secretOf(clientId) });
const status = async (path: string, token: string): Promise<number> =>
  (await fetch(`${realm.url}/realms/${realm.realm}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;
const USERINFO = '/protocol/openid-connect/userinfo';

beforeAll(async () => {
  realm = await startKeycloak();
  await realm.makeClient('braid', { attributes: {} });
  await realm.giveRoles('braid', ROLES);
  await realm.makeClient(WORKER, { description: 'owner: Payments; purpose: settles orders' });
});
afterAll(() => realm?.stop());

contractSuite(manifest, async () => {
  const connection = await connect(canary(WORKER));
  let given: string | undefined;
  const info = await realm.admin<{ systemInfo: { version: string } }>('GET', '/../serverinfo');
  return {
    connection,
    system: { kind: 'real' as const, name: `Keycloak ${info.systemInfo.version}` },
    identity: WORKER,
    protectedIdentity: 'braid',
    differs: { blockEnds: true, livesOn: true, proof: { result: 'gone' as const, gaps: ['G2'] } },
    open: async () => {
      const enter = () => realm.login(WORKER, 'openid', given);
      let got = await enter();
      // A not-before names the next second: what is issued until then is refused too.
      if (got && (await status(USERINFO, got.access_token!)) === 401) {
        await sleep(1_000);
        got = await enter();
      }
      return got ? { alive: async () => (await status(USERINFO, got.access_token!)) === 200 } : undefined;
    },
    adopt: (secret) => {
      given = secret['client secret'];
    },
    close: () => connection.close(),
  };
});

test('what the contract asks for in words: disabled, sessions gone, tokens from before refused by Keycloak, restored whole', async () => {
  const uuid = await realm.makeClient('billing-worker');
  const before = await realm.admin('GET', `/${realm.realm}/clients/${uuid}`);
  const connection = await connect();
  const token = (await realm.login('billing-worker', 'openid'))!;
  expect((await connection.listSessions!()).filter((one) => one.externalIdentityId === 'billing-worker')).toMatchObject(
    [{ label: 'service account · 127.0.0.1', network: '127.0.0.1', native: { own: true, offline: false } }],
  );
  await connection.blockIdentity!('billing-worker');
  await connection.endSessions!('billing-worker');
  await connection.endDerived!('billing-worker');
  expect(await status(USERINFO, token.access_token!)).toBe(401);
  expect(
    await realm.token({
      grant_type: 'refresh_token',
      refresh_token: token.refresh_token!,
      client_id: 'billing-worker',
      client_secret: secretOf('billing-worker'),
    }),
  ).toBeUndefined();
  const probed = await connection.probeIdentity!('billing-worker');
  expect(probed).toMatchObject({ result: 'gone', residuals: [{ gap: 'G2' }] });
  expect(probed.checks.find((one) => one.check === 'login with its own secret')?.saw).toBe('refused');
  const until = Date.parse(probed.residuals[0]!.until!);
  const expires = JSON.parse(Buffer.from(token.access_token!.split('.')[1]!, 'base64url').toString()).exp * 1000;
  expect(until).toBeGreaterThanOrEqual(expires);
  expect(until - expires).toBeLessThan(30_000);
  await connection.restoreIdentity!('billing-worker');
  const after = await realm.admin<object>('GET', `/${realm.realm}/clients/${uuid}`);
  const plain = (row: object) => {
    const { notBefore: _moved, defaultClientScopes, optionalClientScopes, ...rest } = row as Record<string, string[]>;
    return { ...rest, scopes: [...defaultClientScopes!, ...optionalClientScopes!].sort() };
  };
  expect(plain(after)).toEqual(plain(before as object));
  expect(await status(USERINFO, token.access_token!)).toBe(401);
  await connection.close();
});

test('client credentials without refresh tokens have no session (G9); the not-before reaches their tokens all the same', async () => {
  await realm.makeClient('report-worker', { attributes: { 'access.token.lifespan': '600' } });
  const connection = await connect();
  const token = (await realm.login('report-worker', 'openid'))!;
  expect((await connection.listSessions!()).some((one) => one.externalIdentityId === 'report-worker')).toBe(false);
  await connection.endSessions!('report-worker');
  expect(await status(USERINFO, token.access_token!)).toBe(200);
  await connection.blockIdentity!('report-worker');
  await connection.endDerived!('report-worker');
  await connection.restoreIdentity!('report-worker');
  expect(await status(USERINFO, token.access_token!)).toBe(401);
  await connection.close();
});

test('/clients-registrations goes on accepting a revoked token (G3): tried with the token held of the canary', async () => {
  await realm.makeClient('registrar', { attributes: {} });
  await realm.giveRoles('registrar', ['manage-clients']);
  const connection = await connect(canary('registrar'));
  const session = (await connection.enterAsCanary!('registrar'))!;
  expect(await session.alive()).toBe(true);
  await connection.blockIdentity!('registrar');
  await connection.endSessions!('registrar');
  await connection.endDerived!('registrar');
  expect(await session.alive()).toBe(false);
  const probed = await connection.probeIdentity!('registrar');
  expect(probed.residuals.map((one) => one.gap)).toEqual(['G2', 'G3']);
  expect(probed.residuals[1]).toMatchObject({ why: expect.stringContaining('has just accepted one') });
  expect(probed.checks.map((one) => one.saw)).toEqual(
    expect.arrayContaining(['refused (401)', expect.stringMatching(/^recognised/)]),
  );
  await connection.close();
});

test('an offline session is listed apart, and ended; people hit beside the client are told before', async () => {
  const uuid = await realm.makeClient('report-app', { serviceAccountsEnabled: true, directAccessGrantsEnabled: true });
  await realm.admin('POST', `/${realm.realm}/users`, {
    username: 'dana',
    enabled: true,
    email: 'dana@example.org',
    firstName: 'D',
    lastName: 'D',
    emailVerified: true,
    credentials: [{ type: 'password', value: 'pw', temporary: false }],
  });
  const asDana = {
    grant_type: 'password',
    client_id: 'report-app',
    client_secret: secretOf('report-app'),
    username: 'dana',
    password: 'pw',
  };
  const offline = (await realm.token({ ...asDana, scope: 'openid offline_access' }))!;
  await realm.token({ ...asDana, scope: 'openid' });
  const connection = await connect();
  const mine = async () => (await connection.listSessions!()).filter((one) => one.externalIdentityId === 'report-app');
  const listed = await mine();
  expect(listed.map((one) => one.label).sort()).toEqual(['for dana · 127.0.0.1', 'offline · for dana · 127.0.0.1']);
  expect((await connection.predict!('report-app')).map((hit) => hit.what).sort()).toEqual([
    'offline session of dana',
    'session of dana',
  ]);
  const meant = listed.find((one) => one.native.offline)!;
  expect(await connection.terminateSession!(meant)).toMatchObject({ state: 'effective', affected: 1 });
  const refresh = {
    grant_type: 'refresh_token',
    refresh_token: offline.refresh_token!,
    client_id: 'report-app',
    client_secret: secretOf('report-app'),
  };
  expect(await realm.token(refresh)).toBeUndefined();
  expect(await mine()).toHaveLength(1);
  expect(await connection.endSessions!('report-app')).toMatchObject({ state: 'effective', affected: 1 });
  expect(uuid).toBeTruthy();
  await connection.close();
});

test('a rotated secret works beside the new one (G13): revoke removes it, pause leaves it', async () => {
  await realm.admin('PUT', `/${realm.realm}/client-policies/profiles`, {
    profiles: [
      {
        name: 'rotation',
        executors: [
          {
            executor: 'secret-rotation',
            configuration: {
              'expiration-period': 86_400,
              'rotated-expiration-period': 3_600,
              'remaining-rotation-period': 600,
            },
          },
        ],
      },
    ],
  });
  await realm.admin('PUT', `/${realm.realm}/client-policies/policies`, {
    policies: [
      {
        name: 'rotation',
        enabled: true,
        conditions: [{ condition: 'any-client', configuration: {} }],
        profiles: ['rotation'],
      },
    ],
  });
  const uuid = await realm.makeClient('rotating', { attributes: {} });
  await realm.admin('POST', `/${realm.realm}/clients/${uuid}/client-secret`);
  const rotated = await realm.admin<{ value: string }>('GET', `/${realm.realm}/clients/${uuid}/client-secret/rotated`);
  const old = { grant_type: 'client_credentials', client_id: 'rotating', client_secret: rotated.value };
  expect(await realm.token(old)).toBeDefined();
  const connection = await connect();
  const found = (await connection.discover!()).find((one) => one.externalId === 'rotating');
  expect(found?.credentials.map((one) => one.kind)).toEqual(['client-secret', 'rotated secret']);
  await connection.pauseIdentity!('rotating');
  expect(await realm.token(old)).toBeUndefined();
  await connection.restoreIdentity!('rotating');
  expect(await realm.token(old)).toBeDefined();
  expect(await connection.blockIdentity!('rotating')).toMatchObject({
    state: 'effective',
    detail: 'client disabled, the rotated secret removed',
  });
  await connection.restoreIdentity!('rotating');
  expect(await realm.token(old)).toBeUndefined();

  const asked = { since: new Date().toISOString(), fresh: '' };
  const { value: before } = await realm.admin<{ value: string }>(
    'GET',
    `/${realm.realm}/clients/${uuid}/client-secret`,
  );
  const given = await connection.rotateSecret!('rotating', asked);
  expect(given).toMatchObject({ state: 'effective', detail: expect.stringContaining('removed from its grace') });
  const again = await connection.rotateSecret!('rotating', asked);
  const enters = async (value: string) => (await realm.token({ ...old, client_secret: value })) !== undefined;
  expect(await enters(before)).toBe(false);
  expect(await enters(given.secret['client secret']!)).toBe(false);
  expect(await enters(again.secret['client secret']!)).toBe(true);
  await connection.endDerived!('rotating');
  expect(await connection.probeRotated!('rotating', { ...asked, secret: again.secret })).toMatchObject({
    result: 'gone',
  });
  // Somebody rotates it by hand: the grace is there again, and so is what comes in with it.
  await realm.admin('POST', `/${realm.realm}/clients/${uuid}/client-secret`);
  expect(await connection.probeRotated!('rotating', { ...asked, secret: again.secret })).toMatchObject({
    result: 'alive',
  });
  await realm.admin('PUT', `/${realm.realm}/client-policies/policies`, { policies: [] });
  await connection.close();
});

test('a rotation is proven only when everything of before has ended; a client without a secret has none to rotate', async () => {
  await realm.makeClient('paying', {});
  const connection = await connect();
  const asked = { since: new Date().toISOString(), fresh: '' };
  const token = (await realm.login('paying', 'openid'))!;
  const { secret } = await connection.rotateSecret!('paying', asked);
  const probe = (given: Record<string, string>) => connection.probeRotated!('paying', { ...asked, secret: given });
  expect(await probe(secret)).toMatchObject({ result: 'alive', detail: expect.stringContaining('not-before') });
  await connection.endDerived!('paying');
  expect(await probe(secret)).toMatchObject({ result: 'alive', detail: '1 session of before' });
  await connection.endSessions!('paying');
  expect(await probe({})).toMatchObject({ result: 'unknown' });
  const proven = await probe(secret);
  expect(proven).toMatchObject({ result: 'gone', residuals: [{ gap: 'G2' }] });
  expect(proven.checks.find((one) => one.check === 'login with the new secret')?.saw).toBe('let in');
  expect(JSON.stringify(proven)).not.toContain(secret['client secret']);
  expect((await connection.listSessions!()).filter((one) => one.externalIdentityId === 'paying')).toEqual([]);
  expect(await status(USERINFO, token.access_token!)).toBe(401);
  // Who has the new secret is let in, and does not count as left of before.
  const fresh = await realm.login('paying', 'openid', secret['client secret']);
  expect(await status(USERINFO, fresh!.access_token!)).toBe(200);
  expect(await probe(secret)).toMatchObject({ result: 'gone' });

  await realm.makeClient('signing', { clientAuthenticatorType: 'client-jwt' });
  await expect(connection.rotateSecret!('signing', asked)).rejects.toMatchObject({ code: 'connector.unsupported' });
  await connection.close();
});

test('events are pulled in order and read by the format; clients are told anew only when something was administered', async () => {
  const connection = await connect();
  const start = await connection.pullEvents!(null, 100);
  expect(start.lines).toEqual([]);
  await realm.login(WORKER);
  const uuid = await realm.makeClient('fresh-worker');
  await realm.admin('DELETE', `/${realm.realm}/clients/${uuid}`);
  const first = await connection.pullEvents!(start.cursor, 2);
  expect(first).toMatchObject({ format: 'keycloak', more: true });
  const rest = await connection.pullEvents!(first.cursor, 100);
  const lines = [...first.lines, ...rest.lines].map((line) => JSON.parse(line));
  expect(new Set(lines.map((line) => line.id)).size).toBe(lines.length);
  const read = lines.map((line) => normalise(line));
  expect(read.filter((one) => one.kind === 'rejected')).toEqual([]);
  const login = read.find((one) => one.kind === 'event' && one.event.identity.externalId === WORKER);
  const found = (await connection.discover!()).find((one) => one.externalId === WORKER);
  expect(login).toMatchObject({ event: { identity: { issuer: found!.logNames![0]!.issuer } } });
  expect((await connection.pullEvents!(rest.cursor, 100)).lines.filter((line) => first.lines.includes(line))).toEqual(
    [],
  );
  const all = await connection.discoverChanges!(null);
  expect(all.complete).toBe(true);
  expect(await connection.discoverChanges!(all.cursor)).toMatchObject({ items: [], complete: false });
  await realm.makeClient('later-worker');
  const changed = await connection.discoverChanges!(all.cursor);
  expect(changed.items.map((one) => one.externalId)).toContain('later-worker');
  await connection.close();
});

test('a test names every role that is missing, and the command that grants it', async () => {
  await realm.makeClient('plain', { attributes: {} });
  const connection = await connect({ clientId: 'plain', clientSecret: secretOf('plain') });
  const { checks } = await connection.test();
  expect(checks.map((one) => one.detail.split(':')[0])).toEqual(ROLES);
  expect(checks.every((one) => !one.ok && one.fix?.includes('--cclientid realm-management --rolename'))).toBe(true);
  await expect(connection.listSessions!()).rejects.toMatchObject({
    code: 'connector.refused',
    publicMessage: expect.stringContaining('view-'),
  });
  await realm.giveRoles('plain', ROLES);
  expect((await connection.test()).checks.filter((one) => !one.ok)).toEqual([]);
  await connection.close();
  await expect(connect({ clientSecret: 'wrong' })).rejects.toMatchObject({ code: 'connector.refused' });
  await expect(connect({ realm: 'nowhere' })).rejects.toMatchObject({
    code: 'connector.refused',
    publicMessage: expect.stringContaining('nowhere'),
  });
  await expect(connect({ url: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'connector.unreachable' });
  await expect(connect({ ownNetwork: 'no' })).rejects.toMatchObject({ code: 'connector.refused' });
});
