import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf, pooledKey, readPooled, toPooledSession } from '@/lib/connectors/postgres/pooler-normalise';

const ROW = {
  type: 'C',
  user: 'svc-orders',
  database: 'shop',
  state: 'active',
  addr: '10.0.0.9',
  port: '41822',
  connect_time: '2026-01-01 00:00:00 UTC',
  request_time: '2026-01-01 00:00:07 UTC',
  ptr: '0x55d0',
  link: '0x55d8',
  remote_pid: '4711',
  application_name: 'worker',
};

test('a client of PgBouncer is a session from where it really comes', () => {
  const [client, console] = readPooled([ROW, { ...ROW, database: 'pgbouncer' }]);
  expect(console).toBeUndefined();
  const at = Date.parse('2026-01-01T00:00:09Z');
  expect(toPooledSession(client!, at, at)).toMatchObject({
    key: 'pgbouncer:2026-01-01 00:00:00 UTC:10.0.0.9:41822:0x55d0',
    externalIdentityId: 'svc-orders',
    label: 'worker · 10.0.0.9 · through PgBouncer',
    startedAt: '2026-01-01T00:00:00.000Z',
    lastEventAt: '2026-01-01T00:00:09.000Z',
    idle: false,
  });
  const idle = toPooledSession({ ...client!, backend: '' }, at, at);
  expect(idle).toMatchObject({ idle: true, lastEventAt: '2026-01-01T00:00:07.000Z' });
});

test('a time in a zone that is only a name is not guessed: then it is when it was seen first', () => {
  expect(instantOf('2026-01-01 00:00:00 CET')).toBeNull();
  const [client] = readPooled([{ ...ROW, connect_time: '2026-01-01 00:00:00 CET', request_time: '' }]);
  expect(toPooledSession(client!, 2_000, 1_000).startedAt).toBe('1970-01-01T00:00:01.000Z');
});

test('whatever the console shows, each client has a user, a key and sane times', () => {
  const text = fc.option(fc.string());
  fc.assert(
    fc.property(
      fc.array(
        fc.record(
          {
            user: text,
            database: text,
            addr: text,
            connect_time: text,
            request_time: text,
            link: text,
            remote_pid: text,
          },
          { requiredKeys: [] },
        ),
      ),
      (rows) => {
        for (const client of readPooled(rows as Record<string, string | null>[])) {
          const session = toPooledSession(client, 1e12, 1e12 - 5);
          expect(session.externalIdentityId).not.toBe('');
          expect(session.key).toBe(pooledKey(client));
          expect(Date.parse(session.lastEventAt)).toBeGreaterThanOrEqual(Date.parse(session.startedAt));
        }
      },
    ),
  );
});
