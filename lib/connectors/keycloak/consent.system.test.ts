import { afterAll, beforeAll, expect, test } from 'vitest';
import { keycloak } from '@/lib/connectors/keycloak/connector';
import { manifest } from '@/lib/connectors/keycloak/manifest';
import { secretOf, startKeycloak, type TestRealm } from '@/lib/connectors/keycloak/testing-keycloak';
import { testingNotes } from '@/lib/connectors/testing-notes';

let realm: TestRealm;
beforeAll(async () => {
  realm = await startKeycloak();
  await realm.makeClient('braid', { attributes: {} });
  await realm.giveRoles('braid', ['view-realm', 'view-clients', 'view-users', 'manage-users']);
});
afterAll(() => realm?.stop());

test('a consent is taken back, read back, with the offline token that rested on it', async () => {
  await realm.makeClient('consent-app', { directAccessGrantsEnabled: true, consentRequired: false });
  for (const username of ['ira', 'joe'])
    await realm.admin('POST', `/${realm.realm}/users`, {
      username,
      enabled: true,
      email: `${username}@example.org`,
      firstName: 'I',
      lastName: 'J',
      emailVerified: true,
      credentials: [{ type: 'password', value: 'pw', temporary: false }],
    });
  const tokenOf = async (username: string) =>
    (await realm.token({
      grant_type: 'password',
      client_id: 'consent-app',
      client_secret: secretOf('consent-app'),
      username,
      password: 'pw',
      scope: 'openid offline_access',
    }))!.refresh_token!;
  const renew = (refresh_token: string) =>
    realm.token({
      grant_type: 'refresh_token',
      refresh_token,
      client_id: 'consent-app',
      client_secret: secretOf('consent-app'),
    });
  const [iras, joes] = [await tokenOf('ira'), await tokenOf('joe')];
  const { config, secrets } = manifest.split({
    url: realm.url,
    realm: realm.realm,
    clientId: 'braid',
    clientSecret: secretOf('braid'),
    ownNetwork: 'yes',
  });
  const host = { connectorId: 'c', own: null, notes: testingNotes() };
  const connection = await keycloak.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), host);
  const consent = { app: 'consent-app', grantor: 'ira', scopes: ['openid'] };
  const probed = (at = new Date()) => connection.probeConsent!(consent, at);
  expect(await probed()).toMatchObject({ result: 'alive' });
  expect(await connection.revokeConsent!(consent)).toMatchObject({ state: 'effective', affected: 1 });
  expect(await probed()).toMatchObject({ result: 'gone', residuals: [{ gap: 'G2', until: expect.any(String) }] });
  expect(await probed(new Date(0))).toMatchObject({ result: 'gone', residuals: [] });
  expect(await renew(iras)).toBeUndefined();
  expect(await renew(joes)).toBeDefined();
  expect(await connection.revokeConsent!(consent)).toMatchObject({ state: 'effective', affected: 0 });
  expect(await connection.revokeConsent!({ ...consent, grantor: 'nobody' })).toMatchObject({ affected: 0 });
  await expect(connection.probeConsent!({ ...consent, app: 'braid' }, new Date())).rejects.toMatchObject({
    code: 'connector.protected',
  });
  await expect(connection.revokeConsent!({ ...consent, app: 'braid' })).rejects.toMatchObject({
    code: 'connector.protected',
  });
  await connection.close();
});
