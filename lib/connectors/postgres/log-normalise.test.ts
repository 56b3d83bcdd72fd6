import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { postgres } from '@/lib/connectors/postgres/format';
import { normalise } from '@/lib/connectors/postgres/log-normalise';
import { readStatement } from '@/lib/connectors/statement-model';
import { cut } from '@/lib/sessions/cut';
import type { SessionEventInput } from '@/lib/sessions/model';

const text = (name: string) => fs.readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
const eventsOf = (name: string): SessionEventInput[] =>
  cut(postgres, text(name)).flatMap((raw) => {
    const read = 'record' in raw ? normalise(raw.record) : null;
    return read?.kind === 'event' ? [read.event] : [];
  });
const eventOf = (record: unknown): SessionEventInput => {
  const read = normalise(record);
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};
/** Who was connected, from when to when. */
const sessions = (events: SessionEventInput[]) =>
  events
    .filter((each) => each.session?.phase === 'open')
    .map((open) => {
      const close = events.find((each) => each.session?.phase === 'close' && each.session.key === open.session?.key);
      return { who: open.identity.externalId, agent: open.agent, from: open.at, to: close?.at };
    });

describe('one server, three logs', () => {
  test('text, csvlog and jsonlog give the same sessions', () => {
    const [plain, csv, json] = ['default.log', 'server.csv', 'server.jsonlog'].map((name) => sessions(eventsOf(name)));
    expect(csv).toEqual(json);
    expect(csv).toEqual(plain);
    expect(csv!.slice(0, 3)).toEqual([
      { who: 'orders_api', agent: 'orders worker', from: '2026-11-22T12:56:37.221Z', to: '2026-11-22T12:56:37.226Z' },
      {
        who: 'weird "role, x',
        agent: 'job[1] "a", b',
        from: '2026-11-22T12:56:37.236Z',
        to: '2026-11-22T12:56:37.243Z',
      },
      { who: 'orders_api', agent: 'victim', from: '2026-11-22T12:56:37.264Z', to: '2026-11-22T12:56:37.276Z' },
    ]);
  });

  test('session ids are keys; without one process, role and database are', () => {
    const [csv, json, plain] = ['server.csv', 'server.jsonlog', 'default.log'].map(
      (name) => eventsOf(name)[0]!.session,
    );
    expect(csv).toMatchObject({ key: '6b02e685.7a36', observedBy: 'native', phase: 'open', kind: 'database' });
    expect(json).toEqual(csv);
    expect(plain?.key).toBe('31286 orders_api@postgres');
  });

  test('csvlog and jsonlog have addresses, and ids that make twice imported once stored', () => {
    expect(eventsOf('server.csv')[0]).toMatchObject({ network: '127.0.0.1', attributes: { port: 35640 } });
    expect(eventsOf('server.csv').map((each) => each.eventId)).toEqual(
      eventsOf('server.jsonlog').map((each) => each.eventId),
    );
    expect(eventsOf('default.log')[0]?.network).toBeNull();
  });
});

test('whatever log_line_prefix is set to', () => {
  expect(sessions(eventsOf('rds.log'))[0]).toMatchObject({ who: 'orders_api', from: '2026-11-22T12:56:38.000Z' });
  expect(eventsOf('rds.log').find((each) => each.session?.phase === 'open')).toMatchObject({
    network: '127.0.0.1',
    attributes: { port: 35694, pid: 31296 },
  });
  expect(sessions(eventsOf('named.log'))[0]).toMatchObject({ who: 'orders_api', agent: 'orders worker' });
  expect(eventsOf('session.log').find((each) => each.session?.phase === 'open')?.session?.key).toBe('6b02e687.7a76');
  const prefixes: [string, object][] = [
    [
      '2024-03-02 10:00:00.123 +05:30 [41] app@shop 10.0.0.9 LOG:',
      { at: '2024-03-02T04:30:00.123Z', network: '10.0.0.9' },
    ],
    ['< 2024-03-02 10:00:00 UTC app 65e2f6c0.1a2b shop: >LOG:', { session: { key: '65e2f6c0.1a2b' } }],
    [
      '2024-03-02 10:00:00 UTC:2001:db8::7(5000):app@shop:[41]:LOG:',
      { network: '2001:db8::7', attributes: { port: 5000, pid: 41 } },
    ],
    ['2024-03-02 10:00:00 UTC-65e2f6c0.1a2b-LOG:', { session: { key: '65e2f6c0.1a2b' } }],
    ['[41-3] 2024-03-02 10:00:00 EST LOG:', { at: '2024-03-02T15:00:00.000Z', session: { key: '41 app@shop' } }],
  ];
  for (const [prefix, expected] of prefixes)
    expect(eventOf(`${prefix}  connection authorized: user=app database=shop`)).toMatchObject(expected);
  expect(
    text('no-prefix.log')
      .split('\n')
      .filter(Boolean)
      .map((line) => normalise(line).kind),
  ).toEqual(Array.from({ length: 4 }, () => 'rejected'));
});

test('what older versions, TLS and replication add to the line', () => {
  const start = '2024-03-02 10:00:00.123 UTC [41] LOG:  ';
  expect(
    eventOf(`${start}connection authorized: user=app database=shop SSL enabled (protocol=TLSv1.3, cipher=X, bits=256)`),
  ).toMatchObject({ identity: { externalId: 'app' }, resource: 'shop', agent: null });
  expect(eventOf(`${start}replication connection authorized: user=standby application_name=pg2`)).toMatchObject({
    identity: { externalId: 'standby' },
    agent: 'pg2',
  });
});

test('a zone name that means several zones is told by the session’s own start', () => {
  const epoch = Date.UTC(2024, 2, 2, 4, 30) / 1000;
  const of = (zone: string) => ({
    timestamp: `2024-03-02 10:00:05.250 ${zone}`,
    session_start: `2024-03-02 10:00:00 ${zone}`,
    session_id: `${epoch.toString(16)}.1f`,
    error_severity: 'LOG',
    message: 'connection authorized: user=app database=shop',
  });
  expect(eventOf(of('IST')).at).toBe('2024-03-02T04:30:05.250Z');
  expect(eventOf({ ...of('IST'), session_start: undefined }).at).toBe('2024-03-02T08:00:05.250Z');
});

test('a refused login of a role that is there is a failure; of one that is not, nobody', () => {
  expect(eventsOf('server.jsonlog').filter((each) => each.outcome === 'failure')).toMatchObject([
    { identity: { externalId: 'orders_api' }, session: null, action: 'session.refused' },
  ]);
  expect(eventOf('2024-03-02 10:00:00 UTC [4] FATAL:  role "app" is not permitted to log in').outcome).toBe('failure');
});

describe('wrapped', () => {
  test('CloudNativePG: the cluster is whose roles they are, pgAudit says what was done and not with what', () => {
    const events = eventsOf('cloudnativepg.log');
    expect(events[0]).toMatchObject({
      identity: { issuer: 'postgres:orders-db', externalId: 'orders_api' },
      session: { key: 'orders-db 6b02e685.7a36' },
      credential: { externalId: 'login:orders-db/orders_api' },
      attributes: { pod: 'orders-db-2' },
    });
    expect(events.at(-1)).toMatchObject({ action: 'UPDATE', class: 'change', resource: 'public.orders' });
    expect(JSON.stringify(events)).not.toContain('private');
  });

  test('Cloud SQL: the instance is whose roles they are', () => {
    const events = eventsOf('cloudsql.json');
    expect(events[0]).toMatchObject({
      identity: { issuer: 'postgres:example-project:orders-db', externalId: 'orders_api' },
      region: 'europe-west1',
    });
    expect(sessions(events)[0]?.to).toBeDefined();
  });
});

test('statements: class and role, never the text', () => {
  const life = (sql: string) => readStatement(`statement: ${sql}`)?.life;
  expect(life("ALTER ROLE app PASSWORD 'NOLOGIN'")).toEqual({
    of: 'credential',
    what: 'rotated',
    externalId: 'login:app',
  });
  expect(life('alter user "App ""x""" nologin')).toEqual({ of: 'identity', what: 'disabled', externalId: 'App "x"' });
  expect(life('DROP ROLE IF EXISTS app;')).toMatchObject({ what: 'deleted' });
  expect(life('ALTER ROLE app SUPERUSER')).toMatchObject({ what: 'privileged' });
  expect(life('select 1')).toBeUndefined();
  const classes = {
    'select 1': 'read',
    '-- hint\n/* x */ INSERT INTO t VALUES (1)': 'change',
    "copy t to '/tmp/x'": 'export',
    'COPY t FROM STDIN': 'change',
    'with a as (select 1) delete from t': 'change',
    BEGIN: 'other',
  };
  for (const [sql, kind] of Object.entries(classes))
    expect([sql, readStatement(`execute s1: ${sql}`)?.class]).toEqual([sql, kind]);
  const rotated = eventsOf('server.csv').filter((each) => each.life);
  expect(rotated).toMatchObject([{ class: 'change', action: 'ALTER ROLE', life: { externalId: 'login:orders_api' } }]);
  expect(JSON.stringify(eventsOf('server.csv'))).not.toContain("'pw'");
});

test('what can’t be read is refused with a reason', () => {
  const bad = [null, 5, {}, [], ['a', 'b'], 'hello', '{"a":', { error_severity: 'LOG' }, { logger: '', record: {} }];
  for (const each of bad) expect(normalise(each)).toEqual({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
});
