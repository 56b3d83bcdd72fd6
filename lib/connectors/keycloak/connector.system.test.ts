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
  await makeWorker();
  await realm.makeClient('beside');
});
afterAll(() => realm?.stop());

const makeWorker = () => realm.makeClient(WORKER, { description: 'owner: Payments; purpose: settles orders' });

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
    bystander: {
      identity: 'beside',
      open: async () => {
        const got = await realm.login('beside', 'openid');
        return got ? { alive: async () => (await status(USERINFO, got.access_token!)) === 200 } : undefined;
      },
    },
    withoutHeld: () => connect(),
    adopt: (secret) => {
      given = secret['client secret'];
    },
    remove: async () => {
      const [client] = await realm.admin<{ id: string }[]>('GET', `/production/clients?clientId=${WORKER}`);
      await realm.admin('DELETE', `/production/clients/${client!.id}`);
    },
    close: async () => {
      await connection.close();
      await makeWorker();
    },
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
  await connection.endDerived!('billing-worker', 'revoke');
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
  const earlier = (await realm.login('report-worker', 'openid'))!;
  expect(await status(USERINFO, earlier.access_token!)).toBe(200);
  expect((await connection.listSessions!()).some((one) => one.externalIdentityId === 'report-worker')).toBe(false);
  // Signing its account out refuses what was issued in a second before; what is of this very one goes on.
  await sleep(1_100);
  await connection.endSessions!('report-worker');
  expect(await status(USERINFO, earlier.access_token!)).toBe(401);
  const token = (await realm.login('report-worker', 'openid'))!;
  expect(await status(USERINFO, token.access_token!)).toBe(200);
  await connection.blockIdentity!('report-worker');
  await connection.endDerived!('report-worker', 'revoke');
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
  await connection.endDerived!('registrar', 'revoke');
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
