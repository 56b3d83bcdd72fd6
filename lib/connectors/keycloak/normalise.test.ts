import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalise } from '@/lib/connectors/keycloak/normalise';

const text = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const users = JSON.parse(text('events.json')) as Record<string, unknown>[];
const admin = JSON.parse(text('admin-events.json')) as Record<string, unknown>[];
const lines = text('keycloak.log').trimEnd().split('\n');
const REALM = 'keycloak:ce670a60-7052-4beb-af09-90582e3893bc';
const WORKER = '6144464d-bc04-4231-99e7-bc0b700311b8';
const DANA = '9c0fba6e-7b77-4d2c-8a9e-2f0f4f7c1d10';
const SESSION = '0d5c1d2e-7a31-4f0a-9a55-3e1a8f1c2b01';

const eventOf = (record: unknown) => {
  const read = normalise(record);
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};
const user = (type: string, change: Record<string, unknown> = {}) =>
  eventOf({ ...users.find((each) => each.type === type), ...change });
const line = (word: string) => eventOf(lines.find((each) => each.includes(word)));

describe('who', () => {
  test('people, service accounts of clients, and clients that never got in', () => {
    expect(user('LOGIN').identity).toEqual({
      issuer: REALM,
      type: 'user',
      externalId: DANA,
      name: 'dana',
      kind: 'human',
    });
    expect(user('CLIENT_LOGIN').identity).toEqual({
      issuer: REALM,
      type: 'client',
      externalId: 'orders-worker',
      name: 'orders-worker',
      kind: 'service_account',
    });
    expect(user('CLIENT_LOGIN_ERROR').identity).toMatchObject({ type: 'client', externalId: 'orders-worker' });
    expect(normalise(users.find((each) => each.type === 'LOGIN_ERROR'))).toEqual({ kind: 'skipped' });
  });
});

describe('session', () => {
  test('Keycloak’s own, from sign-in over refreshes to sign-out', () => {
    const keys = ['LOGIN', 'CODE_TO_TOKEN', 'REFRESH_TOKEN', 'LOGOUT'].map((type) => user(type).session);
    for (const each of keys) expect(each).toMatchObject({ key: SESSION, observedBy: 'native' });
    expect(keys.map((each) => each?.phase)).toEqual(['seen', 'seen', 'seen', 'close']);
  });

  test('client credentials have one for each token, which nobody can list: client and address make one', () => {
    expect(user('CLIENT_LOGIN').session?.key).toBe(
      eventOf(users.filter((each) => each.type === 'CLIENT_LOGIN')[1]).session?.key,
    );
    expect(user('CLIENT_LOGIN').session).toMatchObject({ key: 'orders-worker 10.42.0.14', observedBy: 'derived' });
    expect(user('CLIENT_LOGIN_ERROR').session).toBeNull();
    const refreshed = {
      ...(users.find((each) => each.type === 'CLIENT_LOGIN')!.details as object),
      refresh_token_id: 'r1',
    };
    expect(user('CLIENT_LOGIN', { details: refreshed }).session).toMatchObject({
      key: 'f55e7c01-844e-48c3-92b6-f8bb3a335c84',
      observedBy: 'native',
    });
    expect(user('REFRESH_TOKEN_ERROR')).toMatchObject({ session: null, outcome: 'failure' });
    expect(line('type="CLIENT_LOGIN"').session?.key).toBe('orders-worker 10.42.0.14');
  });

  test('a line of the log tells the same as the event store; before version 26 too', () => {
    expect(line('type="LOGIN"').session).toMatchObject({ key: SESSION, observedBy: 'native' });
    expect(line('type="LOGIN"').identity.name).toBe('dana "d" doe, ops');
    expect(line('type=LOGIN,')).toMatchObject({ session: { key: SESSION }, identity: { name: 'dana doe' } });
    expect(line('type=CODE_TO_TOKEN').scope).toBe('openid email profile');
    expect(line('type="LOGIN_ERROR"')).toMatchObject({ session: null, outcome: 'failure' });
    const json = text('keycloak-json.log')
      .split('\n')
      .map((each) => (each ? normalise(each).kind : ''));
    expect(json).toEqual(['event', 'skipped', '']);
  });
});

test('lineage: a session mints access and refresh tokens, an exchange delegates', () => {
  expect(user('REFRESH_TOKEN').minted).toEqual([
    { externalId: 'onrtrt:5d1e0f6a-0003', kind: 'access_token', how: 'refresh' },
    { externalId: '5d1e0f6a-0004', kind: 'refresh_token', how: 'refresh' },
  ]);
  expect(user('TOKEN_EXCHANGE').minted).toMatchObject([{ how: 'delegation' }]);
});

test('scope, consent and credential', () => {
  expect(user('CLIENT_LOGIN')).toMatchObject({
    scope: 'email profile orders',
    credential: { externalId: `client:${REALM.slice(9)}/orders-worker`, kind: 'client-secret' },
  });
  expect(user('GRANT_CONSENT')).toMatchObject({
    class: 'approval',
    consent: { by: 'dana', scope: 'orders:read offline_access', at: '2024-03-02T09:05:10.000Z' },
  });
});

describe('life', () => {
  test('a password changed, a grant taken back, by people themselves', () => {
    expect(user('UPDATE_PASSWORD').life).toEqual({ of: 'credential', what: 'rotated', externalId: `user:${DANA}` });
    expect(user('UPDATE_PASSWORD').life?.externalId).toBe(user('LOGIN').credential?.externalId);
    expect(user('REVOKE_GRANT').life).toMatchObject({ what: 'revoked', externalId: `grant:${DANA}:report-app` });
  });

  test('what administrators do', () => {
    expect(admin.map((each) => eventOf(each).life && [eventOf(each).life!.of, eventOf(each).life!.what])).toEqual([
      ['identity', 'disabled'],
      ['credential', 'rotated'],
      ['identity', 'disabled'],
      ['credential', 'rotated'],
      ['identity', 'revoked'],
      ['session', 'revoked'],
      ['identity', 'privileged'],
      undefined,
      undefined,
    ]);
    expect(eventOf(admin[0]).life?.identity).toEqual({ issuer: REALM, type: 'user', externalId: WORKER });
    expect(eventOf(admin[5]).life?.externalId).toBe(SESSION);
    expect(eventOf(admin[2]).life?.identity).toEqual(
      expect.objectContaining({ externalId: user('CLIENT_LOGIN').identity.externalId }),
    );
    const secret = { ...admin[1], representation: JSON.stringify({ clientId: 'orders-worker' }) };
    expect(eventOf(secret).life?.externalId).toBe(user('CLIENT_LOGIN').credential?.externalId);
    expect(line('operationType').life).toMatchObject({ of: 'session', externalId: SESSION });
    expect(eventOf(admin[3]).life?.identity?.externalId).toBe(DANA);
    const disabled = lines.find((each) => each.includes('operationType'))!.replace('"DELETE"', '"CREATE"');
    const given = disabled.replace(/resourcePath=.*/, `resourcePath="users/${DANA}/role-mappings/realm"`);
    expect(eventOf(given).life).toBeUndefined();
  });
});

test('class, outcome and network', () => {
  const kinds = Object.fromEntries(
    users.flatMap((each) => {
      const read = normalise(each);
      return read.kind === 'event' ? [[each.type, `${read.event.class} ${read.event.outcome}`]] : [];
    }),
  );
  expect(kinds).toMatchObject({
    LOGIN: 'session success',
    REFRESH_TOKEN_ERROR: 'session failure',
    INTROSPECT_TOKEN: 'read success',
    UPDATE_PASSWORD: 'change success',
    TOKEN_EXCHANGE: 'session success',
  });
  expect(eventOf(admin[7]).class).toBe('export');
  expect(eventOf(admin[0]).network).toBe('2001:db8::15');
  expect(user('LOGIN', { ipAddress: '035.1.2.3' })).toMatchObject({
    network: null,
    attributes: { sourceAddress: '035.1.2.3' },
  });
});

test('what can’t be read is refused with a reason', () => {
  const bad = [
    null,
    {},
    { type: 'LOGIN' },
    { type: 'login', time: 1 },
    'hello',
    lines[1]!.slice(24),
    '2024-03-02 09:00:05,226 DEBUG [org.keycloak.events] (x) nothing',
  ];
  for (const each of bad) expect(normalise(each)).toEqual({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
});
