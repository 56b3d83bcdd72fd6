import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalise } from '@/lib/connectors/entra/normalise';

type Json = Record<string, unknown>;
const file = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const monitor = file('azure-monitor.ndjson')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Json);
const graph = (JSON.parse(file('graph-sign-ins.json')) as { value: Json[] }).value;
const audits = (JSON.parse(file('graph-audits.json')) as { value: Json[] }).value;
const eventOf = (record: unknown) => {
  const read = normalise(record);
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};
const changed = (record: Json, properties: Json): Json => ({
  ...record,
  properties: { ...(record.properties as Json), ...properties },
});
const audit = (name: string) => eventOf(audits.find((each) => (each.activityDisplayName as string).startsWith(name)));
const MIA = '0f0e0d0c-1111-4222-8333-444455556666';
const SP = 'b0b0b0b0-a308-4311-8720-fb3192e5284e';
const [OLD, NEW] = ['dbcd79c0-c3ea-46b9-9604-ff40d43b8618', 'e1e1e1e1-c3ea-46b9-9604-ff40d43b8619'];
const SESSION = '9c8b7a69-5544-4332-9211-00ffeeddccbb';

describe('who', () => {
  test('people, service principals, managed identities and agents, by the id that stays', () => {
    const who = (index: number) => {
      const { externalId, name, kind, type } = eventOf(monitor[index]).identity;
      return [type, externalId, name, kind];
    };
    expect(who(0)).toEqual(['user', MIA, 'mia.berg@contoso.example', 'human']);
    expect(who(4)).toEqual(['servicePrincipal', SP, 'ledger-sync', 'service_account']);
    expect(who(7)).toEqual(['servicePrincipal', '9d370547-cb61-4753-be23-68534909af90', 'vm-backup', 'workload']);
    expect(who(9)[3]).toBe('ai_agent');
    expect(graph.map((record) => eventOf(record).identity.kind)).toEqual(['human', 'service_account', 'workload']);
    expect(eventOf(changed(monitor[0]!, { userPrincipalName: 'svc-mail@contoso.example' })).identity.kind).toBe(
      'service_account',
    );
  });

  test('the same principal in sign-ins and audit', () => {
    expect(audit('Disable account').identity).toMatchObject({
      issuer: 'entra',
      type: 'servicePrincipal',
      externalId: SP,
    });
    expect(audit('Consent').identity).toMatchObject({ type: 'user', externalId: MIA });
  });
});

describe('session', () => {
  test("a person's sessionId is native, in both logs", () => {
    for (const event of [eventOf(monitor[0]), eventOf(monitor[1]), audit('Add service principal credentials')]) {
      expect(event.session).toMatchObject({ key: SESSION, observedBy: 'native', phase: 'seen' });
    }
    expect(eventOf(monitor[0]).session).toMatchObject({ kind: 'browser', gapSecs: 5400 });
  });

  test('without one: who, app, address and agent, inferred', () => {
    expect(eventOf(monitor[2]).session).toMatchObject({
      key: `${MIA} 1fec8e78-bce4-4aaf-ab1b-5451cc387264 203.0.113.24`,
      observedBy: 'inferred',
    });
    expect(audit('Remove service').session).toMatchObject({ key: `${MIA} 203.0.113.24`, observedBy: 'inferred' });
    expect(audit('Disable account').session).toBeNull();
  });

  test('service principals: by the key they used, from where; managed identities: by their host, for a day', () => {
    expect(eventOf(monitor[4]).session).toMatchObject({
      key: `${SP} ${OLD} 198.51.100.41 python-msal`,
      observedBy: 'inferred',
      kind: 'service',
    });
    expect(eventOf(monitor[7])).toMatchObject({
      session: { gapSecs: 86_400, observedBy: 'inferred' },
      network: null,
      binding: { runtime: expect.stringMatching(/vm-backup$/) },
    });
    expect(eventOf(monitor[7]).session?.key).toMatch(/^9d370547-.* \/subscriptions\/.*vm-backup$/);
  });

  test('a failed sign-in has made none', () => {
    expect(eventOf(monitor[3])).toMatchObject({ session: null, outcome: 'failure', attributes: { error: 50126 } });
  });
});

describe('what else it tells', () => {
  test('credential: the key id the audit log names, or the federation', () => {
    expect(eventOf(monitor[4]).credential).toEqual({ externalId: OLD, kind: 'client_secret' });
    expect(eventOf(monitor[5])).toMatchObject({
      credential: { externalId: NEW, kind: 'certificate' },
      binding: { boundKey: 'A1B2C3D4E5F60718293A4B5C6D7E8F9001122334' },
    });
    expect(eventOf(monitor[6]).credential).toEqual({
      externalId: 'f00dfeed-1234-4abc-8def-0123456789ab',
      kind: 'federated',
    });
    expect(eventOf(monitor[7]).credential?.kind).toBe('managed_identity');
    expect(eventOf(monitor[0]).credential).toBeNull();
  });

  test('device, bound token and its loss, scope, assurance, country', () => {
    const bound = 'device d1d1d1d1-0000-4000-8000-000000000001';
    expect(eventOf(monitor[0])).toMatchObject({
      binding: { boundKey: bound },
      acr: 'mfa',
      region: 'AT',
      agent: 'Edge',
    });
    expect(eventOf(monitor[1]).binding).toEqual({ device: 'd1d1d1d1-0000-4000-8000-000000000001' });
    expect(eventOf(monitor[1])).toMatchObject({
      scope: 'AuditLog.Read.All User.Read Directory.Read.All',
      network: '2001:db8::24',
    });
    expect(eventOf(monitor[2])).toMatchObject({ network: '203.0.113.24', agent: null });
  });

  test('addresses in every form', () => {
    for (const [ipAddress, network] of [
      ['', null],
      ['::1', null],
      ['[2001:db8::5]:443', '2001:db8::5'],
      ['035.249.253.232', null],
    ]) {
      expect(eventOf(changed(monitor[4]!, { ipAddress })).network).toBe(ipAddress === '' ? '198.51.100.41' : network);
    }
  });
});

describe('the life of keys and identities', () => {
  test('added: created; taken away, or one for another: the old one deleted', () => {
    expect(audit('Add service').life).toMatchObject({ of: 'credential', what: 'created', externalId: NEW });
    expect(audit('Update application').life).toEqual({ of: 'credential', what: 'deleted', externalId: OLD });
    expect(audit('Remove service').life).toEqual({
      of: 'credential',
      what: 'deleted',
      externalId: OLD,
      identity: { issuer: 'entra', type: 'servicePrincipal', externalId: SP },
    });
  });

  test('sessions revoked, accounts disabled, principals switched off, privileges given; nothing when it failed', () => {
    expect(audit('Update Sts').life).toMatchObject({ of: 'identity', what: 'revoked', externalId: MIA });
    expect(audit('Disable account').life).toMatchObject({
      what: 'disabled',
      externalId: '77770d0c-1111-4222-8333-444455556666',
    });
    expect(audit('Update service principal').life).toMatchObject({ of: 'identity', what: 'disabled', externalId: SP });
    expect(audit('Add app role').life).toMatchObject({ what: 'privileged' });
    expect(audit('Delete service principal')).toMatchObject({ outcome: 'failure' });
    expect(audit('Delete service principal').life).toBeUndefined();
  });

  test('consent with its scope', () => {
    expect(audit('Consent').consent).toEqual({
      by: 'mia.berg@contoso.example',
      at: '2026-03-02T10:10:00.000Z',
      scope: 'User.Read Mail.Send offline_access',
      id: SP,
    });
    expect(audit('Add app role').consent?.scope).toBe('RoleManagement.ReadWrite.Directory');
    expect([audit('Request approved').class, audit('Consent').class]).toEqual(['approval', 'change']);
  });
});

test('calls of Microsoft Graph: what a token is used for, in the session of a person or of the token itself', () => {
  const calls = file('graph-activity.ndjson')
    .trimEnd()
    .split('\n')
    .map((line) => eventOf(JSON.parse(line)));
  expect(calls.map((call) => [call.action, call.class, call.outcome])).toEqual([
    ['graph:GET /users/{id}/messages', 'read', 'success'],
    ['graph:GET /users/{id}/drive/root:/x.csv:/content', 'export', 'success'],
    ['graph:POST /servicePrincipals/{id}/addPassword', 'change', 'failure'],
    ['graph:PATCH /me', 'change', 'success'],
  ]);
  expect(calls[0]).toMatchObject({
    identity: { type: 'servicePrincipal', externalId: SP, kind: 'service_account' },
    session: { key: `${SP} uti016vJPE2OChJx_YE-AA`, observedBy: 'derived' },
    credential: { externalId: 'token:uti016vJPE2OChJx_YE-AA', kind: 'access_token' },
    scope: 'Mail.Read User.Read.All',
    trustedAt: '2026-03-02T08:50:00.000Z',
  });
  expect(calls[3]).toMatchObject({
    identity: { type: 'user', externalId: MIA },
    session: { key: SESSION, observedBy: 'native' },
    binding: { device: 'd1d1d1d1-0000-4000-8000-000000000001' },
  });
});

test('rows of Log Analytics say what Azure Monitor says of the same record', () => {
  const rows = file('log-analytics.ndjson')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);
  [0, 1, 4, 7].forEach((index, row) => {
    const { eventId, at, attributes, ...event } = eventOf(monitor[index]);
    expect(eventOf({ ...rows[row], Id: eventId })).toMatchObject({ ...event, eventId });
    expect(eventOf(rows[row]).at.slice(0, 19)).toBe(at.slice(0, 19));
    expect(eventOf(rows[row]).attributes.tokenId).toBe(attributes.tokenId);
  });
  expect(eventOf(rows[4]).life).toEqual(audit('Remove service').life);
});

test('another Azure Monitor log is understood and no fact; anything else is refused', () => {
  expect(normalise(monitor[10])).toEqual({ kind: 'skipped' });
  for (const other of [{}, 'x', { category: 'SignInLogs' }, { ...graph[0], createdDateTime: 'x' }]) {
    expect(normalise(other)).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
  }
});
