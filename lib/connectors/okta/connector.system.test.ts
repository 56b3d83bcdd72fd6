import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { oktaConnector } from '@/lib/connectors/okta/connector';
import {
  agentFound,
  appFound,
  sessionOf,
  targetOf,
  tokenFound,
  userFound,
} from '@/lib/connectors/okta/found-normalise';
import { changedBy } from '@/lib/connectors/okta/log';
import { type OktaWorld, OWN } from '@/lib/connectors/okta/testing-okta';
import { ALL, connectTo, startOrg } from '@/lib/connectors/okta/testing-org';

contractSuite(oktaConnector.manifest, async () => {
  const { world, connection } = await startOrg();
  let secret = 'of payments';
  const lets = () => world.secrets.get('0oaPay')!.some((one) => one.status === 'ACTIVE' && one.value === secret);
  return {
    connection,
    system: { kind: 'double', name: 'Okta, from the management description 5.1.0 in its own SDK' },
    identity: 'app:0oaPay',
    protectedIdentity: `app:${OWN}`,
    // What a client holds after a sign-in is an access token that lives its hour, whatever Okta says meanwhile.
    open: async () => (lets() && world.signIn('0oaPay', '00uAda') ? { alive: async () => true } : undefined),
    bystander: {
      identity: 'app:0oaHelp',
      open: async () => (world.signIn('0oaHelp', '00uAda') ? { alive: async () => true } : undefined),
    },
    withoutHeld: () => connectTo(world, oktaConnector, { canary: '', canarySecret: '' }),
    adopt: (given) => {
      secret = given['client secret']!;
    },
    remove: () => {
      world.apps.delete('0oaPay');
      world.log('application.lifecycle.delete', { id: '0oaPay', type: 'AppInstance' });
    },
    differs: { livesOn: true, proof: { result: 'gone', gaps: ['G2'] } },
    close: async () => {
      expect(world.double.violations).toEqual([]);
      await world.double.close();
    },
  };
});

let world: OktaWorld;
let connection: Connection;
beforeAll(async () => {
  ({ world, connection } = await startOrg());
});
afterAll(async () => {
  expect(world.double.violations).toEqual([]);
  await world.double.close();
});

/** Okta’s queue is worked off. */
const carryOut = () => {
  for (const work of world.queue.splice(0)) work();
};

test('apps, API tokens, the accounts behind them and AI agents are found over all pages', async () => {
  const found = await connection.discover!();
  expect(found.map((one) => [one.externalId, one.kind, one.protected])).toEqual([
    [`app:${OWN}`, 'oauth_app', true],
    ['app:0oaPay', 'oauth_app', false],
    ['app:0oaHelp', 'oauth_app', false],
    ['token:00TSync', 'api_key', false],
    ['user:00uSvc', 'service_account', false],
    ['agent:wlpHelp', 'ai_agent', false],
  ]);
  expect(found[3]).toMatchObject({ owner: 'svc-sync@acme.example' });
});

test('the canary app: refused by Okta once deactivated, never by a silence; a token made before lives on, and is said to', async () => {
  const session = (await connection.enterAsCanary!('app:0oaPay'))!;
  expect(await session.alive()).toBe(true);
  await connection.blockIdentity!('app:0oaPay');
  expect(await connection.enterAsCanary!('app:0oaPay')).toBeNull();
  world.tokenDown = 502;
  await expect(connection.enterAsCanary!('app:0oaPay')).rejects.toMatchObject({ code: 'connector.unreachable' });
  world.tokenDown = 400;
  await expect(connection.enterAsCanary!('app:0oaPay')).rejects.toMatchObject({ code: 'connector.refused' });
  expect(await connection.probeIdentity!('app:0oaPay')).toMatchObject({ result: 'unknown' });
  world.tokenDown = null;
  const proven = await connection.probeIdentity!('app:0oaPay');
  expect(proven).toMatchObject({ result: 'gone', detail: expect.stringContaining('its credential is refused') });
  expect(Date.parse(proven.residuals[0]!.until!)).toBeGreaterThanOrEqual(Date.parse(session.livesUntil!));
  await connection.restoreIdentity!('app:0oaPay');
  expect(await session.alive()).toBe(true);
  await session.close();
  expect(await session.alive()).toBe(false);
});

test('the canary account: its API token is refused while it is suspended, and taken again after', async () => {
  const account = await connectTo(world, oktaConnector, { canary: 'user:00uSvc', canarySecret: '00secret' });
  const session = (await account.enterAsCanary!('user:00uSvc'))!;
  expect([await session.alive(), session.livesUntil]).toEqual([true, undefined]);
  await account.blockIdentity!('user:00uSvc');
  expect(await session.alive()).toBe(false);
  expect(await account.enterAsCanary!('user:00uSvc')).toBeNull();
  const proven = await account.probeIdentity!('user:00uSvc');
  expect(proven).toMatchObject({ result: 'gone', detail: expect.stringContaining('its credential is refused') });
  await account.restoreIdentity!('user:00uSvc');
  expect(await session.alive()).toBe(true);
  const wrong = await connectTo(world, oktaConnector, { canary: 'user:00uSvc', canarySecret: 'mistyped' });
  expect((await wrong.test()).checks.filter((check) => !check.ok)).toMatchObject([{ check: 'Canary can log in' }]);
});

test('a refresh token that was ended does not renew', async () => {
  const token = world.signIn('0oaPay', '00uAda')!;
  const session = (await connection.listSessions!()).find((one) => one.credential === token)!;
  expect(world.renews(token)).toBe(true);
  expect(await connection.terminateSession!(session)).toMatchObject({ state: 'effective', affected: 1 });
  expect(world.renews(token)).toBe(false);
});

test('an AI agent takes three steps: record, app, tokens; it is alive until both are inactive (G4)', async () => {
  const token = world.signIn('0oaHelp', '00uAda')!;
  expect(await connection.blockIdentity!('agent:wlpHelp')).toMatchObject({ state: 'accepted', affected: 1 });
  expect(world.apps.get('0oaHelp')!.status).toBe('INACTIVE');
  expect(await connection.probeIdentity!('agent:wlpHelp')).toMatchObject({ result: 'alive' });
  expect(await connection.endSessions!('agent:wlpHelp')).toMatchObject({ state: 'effective', affected: 1 });
  expect(world.refresh.has(token)).toBe(false);
  carryOut();
  expect(await connection.canEnter!('agent:wlpHelp')).toBe(false);
  const probed = await connection.probeIdentity!('agent:wlpHelp');
  expect(probed).toMatchObject({ result: 'gone', residuals: [{ gap: 'G2' }] });
  expect(Date.parse(probed.residuals[0]!.until!)).toBeGreaterThan(Date.now() + 50 * 60_000);
  await connection.restoreIdentity!('agent:wlpHelp');
  carryOut();
  expect(await connection.canEnter!('agent:wlpHelp')).toBe(true);
  expect(world.apps.get('0oaHelp')!.status).toBe('ACTIVE');
});

test('an agent whose app was switched on again is not gone', async () => {
  await connection.blockIdentity!('agent:wlpHelp');
  carryOut();
  expect(await connection.canEnter!('agent:wlpHelp')).toBe(false);
  world.apps.get('0oaHelp')!.status = 'ACTIVE';
  expect(await connection.probeIdentity!('agent:wlpHelp')).toMatchObject({ result: 'alive' });
});

test('an agent is given back by a process that was started since, and an app that was off before stays off', async () => {
  const agent = world.agents.get('wlpHelp')!;
  const app = world.apps.get('0oaHelp')!;
  const tried: string[] = [];
  for (const before of ['ACTIVE', 'INACTIVE'] as const) {
    agent.status = 'ACTIVE';
    app.status = before;
    await connection.blockIdentity!('agent:wlpHelp');
    carryOut();
    expect([agent.status, app.status]).toEqual(['INACTIVE', 'INACTIVE']);
    vi.resetModules();
    const fresh = (await import('@/lib/connectors/okta/connector')).oktaConnector;
    const next = await connectTo(world, fresh);
    await next.restoreIdentity!('agent:wlpHelp');
    carryOut();
    await next.restoreIdentity!('agent:wlpHelp');
    tried.push(`${agent.status} ${app.status}`);
  }
  expect(tried).toEqual(['ACTIVE ACTIVE', 'ACTIVE INACTIVE']);
  app.status = 'ACTIVE';
});

test('an account is suspended, its sessions and tokens ended, Universal Logout started, and given back', async () => {
  expect(await connection.predict!('user:00uSvc')).toMatchObject([{ externalId: 'token:00TSync' }]);
  expect(await connection.blockIdentity!('user:00uSvc')).toMatchObject({ state: 'effective', affected: 1 });
  expect(await connection.endSessions!('user:00uSvc')).toMatchObject({ state: 'accepted' });
  expect(await connection.endDerived!('user:00uSvc', 'revoke')).toMatchObject({ state: 'accepted' });
  expect(world.users.get('00uSvc')).toMatchObject({ status: 'SUSPENDED', sessions: 0 });
  expect(world.loggedOut).toEqual(['00uSvc']);
  expect(await connection.restoreIdentity!('user:00uSvc')).toMatchObject({ state: 'effective', affected: 1 });
  expect(world.users.get('00uSvc')!.status).toBe('ACTIVE');
});

test('changes: what the log names is read anew, what is gone is a tombstone; a pause leaves an API token alone', async () => {
  let { cursor } = await connection.discoverChanges!(null);
  const read = async () => {
    const changes = await connection.discoverChanges!(cursor);
    cursor = changes.cursor;
    return changes;
  };
  await connection.blockIdentity!('app:0oaPay');
  expect(await read()).toMatchObject({
    items: [{ externalId: 'app:0oaPay', enabled: false }],
    removed: [],
    complete: false,
  });
  expect((await read()).items).toEqual([]);
  await connection.restoreIdentity!('app:0oaPay');
  expect(await connection.pauseIdentity!('token:00TSync')).toMatchObject({ state: 'failed' });
  expect(await connection.blockIdentity!('token:00TSync')).toMatchObject({ state: 'effective', affected: 1 });
  expect(await read()).toMatchObject({
    items: [{ externalId: 'app:0oaPay', enabled: true }],
    removed: ['token:00TSync'],
  });
  expect(await connection.probeIdentity!('token:00TSync')).toMatchObject({ result: 'gone', residuals: [] });
});

test('a consent is taken back, of the account or as given for everybody, and nobody else’s', async () => {
  const give = (id: string, user: string, everybody: boolean, scope: string, app = '0oaPay') =>
    world.consents.set(id, { id, app, user, everybody, scope });
  give('oag1', '00uSvc', false, 'mail.read');
  give('oag2', '00uSvc', false, 'files.write');
  give('oag3', '00uAda', false, 'mail.read');
  give('oag4', '00uSvc', false, 'mail.read', '0oaHelp');
  const consent = { app: '0oaPay', grantor: 'svc-sync@acme.example', scopes: ['mail.read', 'files.write'] };
  world.refreshed.add('00uSvc 0oaPay').add('00uAda 0oaPay');
  const probed = (at = new Date()) => connection.probeConsent!(consent, at);
  expect(await probed()).toMatchObject({ result: 'alive', detail: '2 of its grants still listed' });
  expect(await connection.revokeConsent!(consent)).toEqual({
    state: 'effective',
    detail: '2 of 2 grants removed',
    affected: 2,
  });
  expect([...world.refreshed]).toEqual(['00uAda 0oaPay']);
  // Listed twice, and what was issued before lives to its end.
  expect(await probed()).toMatchObject({ result: 'gone', residuals: [{ gap: 'G2' }] });
  expect(await probed(new Date(0))).toMatchObject({ result: 'gone', residuals: [] });
  world.refreshed.add('00uSvc 0oaPay');
  expect((await probed(new Date(0))).residuals).toMatchObject([{ gap: 'G1', until: null }]);
  world.refreshed.delete('00uSvc 0oaPay');
  expect([...world.consents.keys()]).toEqual(['oag3', 'oag4']);
  expect(await connection.revokeConsent!(consent)).toMatchObject({ state: 'effective', affected: 0 });
  give('oag5', '00uSvc', true, 'mail.read');
  give('oag6', '00uSvc', true, 'okta.users.read');
  expect(await connection.revokeConsent!(consent)).toMatchObject({ state: 'effective', affected: 1 });
  expect([...world.consents.keys()]).toEqual(['oag3', 'oag4', 'oag6']);
  await expect(connection.revokeConsent!({ ...consent, app: OWN })).rejects.toMatchObject({
    code: 'connector.protected',
  });
  world.granted.delete('okta.appGrants.read');
  const blind = await connectTo(world);
  expect(await blind.probeConsent!(consent, new Date())).toMatchObject({ result: 'unknown' });
  expect(await blind.revokeConsent!(consent)).toMatchObject({
    state: 'failed',
    detail: expect.stringContaining('okta.appGrants.read'),
  });
  world.granted.add('okta.appGrants.read');
});

test('a limit of rate says when it is over', async () => {
  world.limited = { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': `${Math.floor(Date.now() / 1_000) + 40}` };
  const limited = await connection.discover!().catch((error) => error);
  expect(limited.code).toBe('connector.limited');
  expect(limited.detail.retryAfterMs).toBeGreaterThan(30_000);
  expect(limited.detail.retryAfterMs).toBeLessThanOrEqual(40_000);
  world.limited = null;
});

test('what is not granted is named with the scope that grants it', async () => {
  const { world: less } = await startOrg();
  less.granted = new Set(ALL.filter((scope) => scope !== 'okta.apps.manage' && scope !== 'okta.logs.read'));
  const tested = await (await connectTo(less)).test();
  expect(tested.ok).toBe(false);
  const missing = tested.checks.filter((check) => !check.ok);
  expect(missing.map((check) => check.check)).toEqual(['okta.apps.manage', 'okta.logs.read']);
  expect(missing[0]!.fix).toContain('okta.apps.manage');
  await less.double.close();
});

test('whatever Okta sends, what is found can be told apart and comes back by its id', () => {
  const settings = { oauthClient: { application_type: 'service' } };
  const raw = fc.oneof(
    fc.anything(),
    fc.record({ id: fc.string(), signOnMode: fc.constant('OPENID_CONNECT'), settings: fc.constant(settings) }),
    fc.record({ id: fc.anything(), profile: fc.anything(), created: fc.anything(), target: fc.array(fc.anything()) }),
  );
  fc.assert(
    fc.property(raw, (one) => {
      for (const found of [appFound(one, OWN), tokenFound(one, null), agentFound(one), userFound(one)]) {
        if (found) expect(targetOf(found.externalId)).not.toBeNull();
      }
      sessionOf(one, 'a');
      for (const id of changedBy(one)) expect(targetOf(id)).not.toBeNull();
    }),
  );
});
