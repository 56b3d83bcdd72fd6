import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { keycloak } from '@/lib/connectors/keycloak/connector';
import { manifest } from '@/lib/connectors/keycloak/manifest';
import { secretOf, startKeycloak, type TestRealm } from '@/lib/connectors/keycloak/testing-keycloak';
import { testingNotes } from '@/lib/connectors/testing-notes';

const USERINFO = '/protocol/openid-connect/userinfo';
let realm: TestRealm;

const connect = (): Promise<Connection> => {
  const { config, secrets } = manifest.split({
    url: realm.url,
    realm: realm.realm,
    clientId: 'braid',
    clientSecret: secretOf('braid'),
    ownNetwork: 'yes',
  });
  const host = { connectorId: 'c', own: null, notes: testingNotes() };
  return keycloak.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), host);
};

const status = async (path: string, token: string): Promise<number> =>
  (await fetch(`${realm.url}/realms/${realm.realm}${path}`, { headers: { authorization: `Bearer ${token}` } })).status;

beforeAll(async () => {
  realm = await startKeycloak();
  await realm.makeClient('braid', { attributes: {} });
  await realm.giveRoles('braid', ['view-realm', 'view-clients', 'view-users', 'manage-clients', 'manage-users']);
});
afterAll(() => realm?.stop());

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
  await connection.endDerived!('rotating', 'rotate');
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
  await connection.endDerived!('paying', 'rotate');
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
