import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ClientRow,
  isProtected,
  lifespanOf,
  type SessionRow,
  toIdentity,
  toSession,
} from '@/lib/connectors/keycloak/found-normalise';

const NOW = Date.UTC(2026, 10, 22, 12);
const client = (more: Partial<ClientRow> = {}): ClientRow => ({
  id: '3173a79e-ead8-4b22-b2e8-44e300974061',
  clientId: 'orders-worker',
  enabled: true,
  serviceAccountsEnabled: true,
  ...more,
});

test('who owns a client and what it is for stand in its attributes, or in its description', () => {
  const described = client({ description: 'owner: Payments; purpose: settles orders' });
  expect(toIdentity(described, false, 'r')).toMatchObject({ owner: 'Payments', purpose: 'settles orders' });
  const both = client({ description: 'owner: Payments', attributes: { owner: 'Billing' }, name: 'Order worker' });
  expect(toIdentity(both, false, 'r')).toMatchObject({ owner: 'Billing', purpose: 'Order worker' });
  expect(toIdentity(client({ serviceAccountsEnabled: false }), false, 'r').enabled).toBe(false);
});

test('what is protected: Braid’s own client, Keycloak’s own, and in master those that administer realms', () => {
  const guarded = ['braid', 'realm-management', 'admin-cli', 'orders-realm', 'orders-worker'];
  expect(guarded.map((name) => isProtected(name, 'braid', 'production'))).toEqual([true, true, true, false, false]);
  expect(isProtected('orders-realm', 'braid', 'master')).toBe(true);
});

test('a token lives as long as its client says, else as its realm does', () => {
  expect(lifespanOf(client(), 300)).toBe(300);
  expect(lifespanOf(client({ attributes: { 'access.token.lifespan': '900' } }), 300)).toBe(900);
  for (const wrong of ['', '-1', 'soon', null])
    expect(lifespanOf(client({ attributes: { 'access.token.lifespan': wrong } }), 300)).toBe(300);
});

test('one session at two clients, and an offline one beside it, have keys of their own', () => {
  const row: SessionRow = { id: 's1', username: 'dana', clients: { [client().id]: 'orders-worker', other: 'reports' } };
  const keys = [
    toSession(row, client(), false, NOW),
    toSession(row, client(), true, NOW),
    toSession(row, client({ id: 'other', clientId: 'reports' }), false, NOW),
    toSession({ ...row, username: 'service-account-orders-worker' }, client(), false, NOW),
  ];
  expect(keys.map((one) => one.key)).toEqual(['s1 orders-worker', 's1 orders-worker offline', 's1 reports', 's1']);
  expect(keys[0]!.native.alsoAt).toBe('reports');
});

test('whatever Keycloak answers, an identity and a session are complete and their times are times', () => {
  const odd = fc.oneof(
    fc.string(),
    fc.double(),
    fc.constant(null),
    fc.constant(undefined),
    fc.constant({}),
    fc.boolean(),
  );
  const rows = fc.record({
    description: odd,
    name: odd,
    enabled: odd,
    clientAuthenticatorType: odd,
    attributes: fc.oneof(
      fc.dictionary(
        fc.constantFrom(
          'owner',
          'purpose',
          'client.secret.expiration.time',
          'client.secret.rotated.expiration.time',
          'access.token.lifespan',
        ),
        odd,
      ),
      fc.constant(undefined),
    ),
  });
  fc.assert(
    fc.property(rows, (more) => {
      const found = toIdentity({ ...client(), ...(more as Partial<ClientRow>) }, false, 'r');
      expect(found.externalId).toBe('orders-worker');
      for (const one of found.credentials)
        if (one.expiresAt) expect(Number.isNaN(Date.parse(one.expiresAt))).toBe(false);
    }),
  );
  const sessions = fc.record({
    id: fc.string(),
    username: odd,
    ipAddress: odd,
    start: odd,
    lastAccess: odd,
    clients: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.constant(undefined)),
  });
  fc.assert(
    fc.property(sessions, fc.boolean(), (row, offline) => {
      const session = toSession(row as SessionRow, client(), offline, NOW);
      expect(Number.isNaN(Date.parse(session.startedAt) + Date.parse(session.lastEventAt))).toBe(false);
      expect(session.label.length).toBeGreaterThan(0);
    }),
  );
});
