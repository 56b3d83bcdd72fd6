import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalise } from '@/lib/connectors/okta/normalise';

const records = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/system-log.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, unknown>);
const event = (type: string, change: Record<string, unknown> = {}, nth = 0) => {
  const record = records.filter((each) => each.eventType === type)[nth];
  const read = normalise({ ...record, ...change });
  if (read.kind !== 'event') throw new Error(`${type}: ${JSON.stringify(read)}`);
  return read.event;
};
const SID = '102kTr0example4yVnQ8wAa';

describe('who', () => {
  test('people, service accounts by their name, OAuth clients, the system, and API tokens as identities of their own', () => {
    const who = (type: string) => {
      const { externalId, name, kind } = event(type).identity;
      return [externalId, name, kind];
    };
    expect(who('user.authentication.sso')).toEqual(['00u4mia0example01x697', 'mia.berg@example.org', 'human']);
    expect(who('user.lifecycle.suspend')).toEqual([
      'token:00T1abexample6Nl1dOc697',
      'svc-provisioning@example.org · API token Nl1dOc697'.replace('Nl1dOc697', 'l1dOc697'),
      'api_key',
    ]);
    expect(who('app.oauth2.as.token.grant.access_token')).toEqual([
      '0oa7batch0example697',
      'Ledger batch',
      'oauth_app',
    ]);
    expect(who('application.provision.user.push_profile')[2]).toBe('workload');
    const service = event('group.user_membership.add', { transaction: { type: 'WEB', id: 'x', detail: {} } });
    expect(service.identity).toMatchObject({ name: 'svc-provisioning@example.org', kind: 'service_account' });
  });

  test('an actor nobody knows is understood and no fact', () => {
    expect(normalise(records.find((each) => (each.actor as { id: string }).id === 'unknown'))).toEqual({
      kind: 'skipped',
    });
  });
});

describe('session', () => {
  test('externalSessionId, from sign-in to sign-out, native', () => {
    expect(event('user.session.start').session).toMatchObject({
      key: SID,
      phase: 'open',
      observedBy: 'native',
      kind: 'browser',
    });
    expect(event('user.authentication.sso').session).toMatchObject({ key: SID, phase: 'seen', observedBy: 'native' });
    expect(event('user.session.end').session).toMatchObject({ key: SID, phase: 'close' });
  });

  test('an id made for one request belongs to its root session', () => {
    const granted = event('user.account.privilege.grant');
    expect(granted.session).toMatchObject({ key: SID, phase: 'seen', observedBy: 'native' });
    expect(granted.parent).toBeUndefined();
  });

  test('a session under another one says so', () => {
    const child = event('user.authentication.sso', {
      authenticationContext: { externalSessionId: '102child', rootSessionId: SID },
    });
    expect([child.session?.key, child.parent]).toEqual(['102child', { how: 'delegation', key: SID }]);
  });

  test('API token: derived; OAuth client: inferred; a failed sign-in and the system: none', () => {
    expect(event('user.lifecycle.suspend').session).toMatchObject({
      key: 'token 00T1abexample6Nl1dOc697 198.51.100.41',
      observedBy: 'derived',
      kind: 'api',
    });
    expect(event('app.oauth2.as.token.grant.access_token').session).toMatchObject({
      key: '0oa7batch0example697 198.51.100.77 Go-http-client',
      observedBy: 'inferred',
      gapSecs: 3600,
    });
    expect(event('user.session.start', {}, 2)).toMatchObject({
      session: null,
      outcome: 'failure',
      network: '2001:db8::7',
    });
    expect(event('application.provision.user.push_profile').session).toBeNull();
  });

  test("Okta's own console inside a person's session has no address, agent and device of that person", () => {
    const own = event('user.session.access_admin_app');
    expect([own.session?.key, own.network, own.agent, own.region, own.binding]).toEqual([
      SID,
      null,
      null,
      null,
      undefined,
    ]);
  });
});

describe('what else it tells', () => {
  test('device, assurance, scope, tokens given out, consent', () => {
    expect(event('user.session.start')).toMatchObject({
      binding: { device: expect.stringMatching(/^5d1a/) },
      trustedAt: '2026-03-02T08:00:00.114Z',
      region: 'Austria',
    });
    expect(event('user.authentication.auth_via_mfa')).toMatchObject({
      acr: 'mfa',
      trustedAt: '2026-03-02T08:00:09.020Z',
    });
    expect(event('app.oauth2.as.token.grant.access_token')).toMatchObject({
      scope: 'ledger.read ledger.post',
      minted: [
        { externalId: 'AT.example0Zt3XoecTsz6kAS', kind: 'access_token', expiresAt: '2026-03-02T10:05:00.000Z' },
      ],
      credential: { externalId: 'client:0oa7batch0example697', kind: 'oauth_client' },
    });
    expect(event('app.oauth2.as.token.grant.refresh_token')).toMatchObject({
      minted: [{ kind: 'refresh_token', how: 'refresh' }],
      scope: 'openid offline_access',
    });
    expect(event('app.oauth2.as.token.detect_reuse').tags).toEqual(['refresh_token_reuse']);
    expect(event('app.oauth2.as.consent.grant').consent).toEqual({
      by: 'mia.berg@example.org',
      at: '2026-03-02T09:10:00.000Z',
      scope: 'calendar.read mail.send',
      id: '0oa9notes0example697',
    });
  });

  test('the life of tokens and people', () => {
    expect(event('system.api_token.create').life).toEqual({
      of: 'credential',
      what: 'created',
      externalId: '00T1abexample6Nl1dOc697',
    });
    expect(event('system.api_token.revoke').life).toMatchObject({ of: 'credential', what: 'revoked' });
    expect(event('user.session.clear').life).toEqual({
      of: 'identity',
      what: 'revoked',
      externalId: '00u4svc0example02x697',
      identity: { issuer: 'okta', type: 'User', externalId: '00u4svc0example02x697' },
    });
    expect(event('user.lifecycle.suspend').life).toMatchObject({
      what: 'disabled',
      externalId: '00u9leaver0example697',
    });
    expect(event('user.account.privilege.grant').life).toMatchObject({ what: 'privileged' });
    expect(event('user.session.clear', { outcome: { result: 'FAILURE' } }).life).toBeUndefined();
  });

  test('class by event type', () => {
    const classes = ['user.session.start', 'group.user_membership.add', 'app.oauth2.as.token.grant.access_token'];
    expect(classes.map((type) => event(type).class)).toEqual(['session', 'change', 'session']);
    const named = (eventType: string) => event('user.session.start', { eventType }).class;
    expect(
      [
        'access_request.approve',
        'app.access_request.grant',
        'report.user.export',
        'policy.evaluate.x',
        'user.mfa.okta.view',
      ].map(named),
    ).toEqual(['approval', 'approval', 'export', 'other', 'read']);
  });
});

test('refused with a reason: no time, no id, something else', () => {
  for (const change of [{ published: 'yesterday' }, { eventType: 5 }]) {
    expect(normalise({ ...records[0], ...change })).toMatchObject({ kind: 'rejected' });
  }
  expect(normalise('hello')).toMatchObject({ kind: 'rejected' });
  expect(event('user.session.start', { published: '2022-08-26 07:51:24.601' }).at).toBe('2022-08-26T07:51:24.601Z');
});
