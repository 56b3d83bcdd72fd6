import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type AccountRow,
  accountId,
  accountOf,
  hostMatches,
  readAccountId,
  toIdentity,
  toSession,
} from '@/lib/connectors/mysql/normalise';

const account = (user: string, host: string): AccountRow => ({
  user,
  host,
  locked: false,
  role: false,
  plugin: 'mysql_native_password',
  superuser: false,
  maxConnections: 0,
});
const came = (user: string, host: string, accounts: AccountRow[]) => accountOf({ user, host }, accounts);

test('an account’s id names one account and is read back as it was', () => {
  expect(accountId({ user: 'svc', host: '%' })).toBe('svc');
  expect(accountId({ user: 'svc', host: '10.0.%' })).toBe('svc@10.0.%');
  expect(accountId({ user: 'a@b', host: '%' })).toBe('a@b@%');
  expect(accountId({ user: '', host: '%' })).toBe('@%');
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (user, text) => {
      const host = text.replaceAll('@', '');
      expect(readAccountId(accountId({ user, host }))).toEqual({ user, host });
    }),
  );
});

test('hosts match as the server matches them', () => {
  for (const [pattern, host] of [
    ['%', '10.1.2.3'],
    ['10.1.%', '10.1.2.3'],
    ['10.1.2._', '10.1.2.3'],
    ['10.1.0.0/255.255.0.0', '10.1.9.9'],
    ['10.1.0.0/16', '10.1.9.9'],
    ['%.Shop.example', 'app-1.shop.example'],
    ['127.0.0.1', 'localhost'],
  ] as const)
    expect([pattern, hostMatches(pattern, host)]).toEqual([pattern, true]);
  for (const [pattern, host] of [
    ['10.1.2._', '10.1.2.33'],
    ['10.1.0.0/16', '10.2.0.1'],
    ['10.1.0.0/99', '10.1.0.0'],
    ['localhost', '127.0.0.1'],
  ] as const)
    expect([pattern, hostMatches(pattern, host)]).toEqual([pattern, false]);
});

test('a connection belongs to the most exact account; where a name hides the address, the doubt is kept', () => {
  const accounts = [account('svc', '%'), account('svc', '10.1.%'), account('svc', '10.1.2.3'), account('other', '%')];
  expect(came('svc', '10.1.2.3:41822', accounts)).toEqual({ id: 'svc@10.1.2.3', others: [] });
  expect(came('svc', '10.1.9.9:41822', accounts)).toEqual({ id: 'svc@10.1.%', others: [] });
  expect(came('svc', '192.0.2.1:1', accounts)).toEqual({ id: 'svc', others: [] });
  expect(came('svc', 'app.example:1', accounts)).toEqual({ id: 'svc', others: ['svc@10.1.2.3', 'svc@10.1.%'] });
  expect(came('nobody', 'localhost', accounts)).toEqual({ id: 'nobody', others: [] });
});

test('whatever the server shows, there is a session with a user, a key and sane times', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('%', '_', '%%%%', '10.0.0.0/33', 'fd00::1:3306', 'localhost', ''));
  fc.assert(
    fc.property(text, text, fc.array(text), fc.integer(), (user, host, hosts, time) => {
      const accounts = hosts.map((one) => account(user, one));
      const row = { id: '7', user, host, db: null, command: 'Sleep', time, state: null };
      const session = toSession(row, { run: '1', at: 1e12, startedAt: 1e12 - 5, account: accountOf(row, accounts) });
      expect(Date.parse(session.lastEventAt)).toBeGreaterThanOrEqual(Date.parse(session.startedAt));
      expect(session.label.length).toBeLessThanOrEqual(200);
      for (const one of accounts) expect(toIdentity(one, false).externalId).toContain(user);
    }),
  );
});

test('a host pattern of nothing but wildcards is compared in no time', () => {
  const began = performance.now();
  expect(hostMatches(`${'%_'.repeat(500)}x`, 'a'.repeat(5_000))).toBe(false);
  expect(performance.now() - began).toBeLessThan(2_000);
});
