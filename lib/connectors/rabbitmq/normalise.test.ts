import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Account,
  canEnter,
  consumedBy,
  exclusiveQueues,
  loginOf,
  madeWith,
  ownerOf,
  passwordWorks,
  readAccount,
  readAccounts,
  readApplications,
  readConnections,
  readLinks,
  readMemory,
  toIdentity,
  toSession,
  unfitFor,
} from '@/lib/connectors/rabbitmq/normalise';

const hashOf = (bytes: number): string => Buffer.alloc(4 + bytes, 7).toString('base64');
const user = (over: Partial<Account> = {}): Account => ({
  name: 'svc',
  hash: hashOf(32),
  algorithm: 'rabbit_password_hashing_sha256',
  tags: [],
  maxConnections: null,
  ...over,
});

test('what a password was made with is told by its length, so an unusable one is made usable again', () => {
  for (const [bytes, name] of [
    [16, 'rabbit_password_hashing_md5'],
    [32, 'rabbit_password_hashing_sha256'],
    [64, 'rabbit_password_hashing_sha512'],
  ] as const) {
    const hash = hashOf(bytes);
    expect(madeWith(hash)).toBe(name);
    expect(unfitFor(hash)).not.toBe(name);
    expect(passwordWorks(user({ hash, algorithm: name }))).toBe(true);
    expect(passwordWorks(user({ hash, algorithm: unfitFor(hash) }))).toBe(false);
  }
  expect(passwordWorks(user({ hash: '' }))).toBe(false);
});

test('no connections and no password is out; a tag lets a working password in at the HTTP API', () => {
  expect(canEnter(user())).toBe(true);
  expect(canEnter(user({ maxConnections: 0 }))).toBe(false);
  expect(canEnter(user({ maxConnections: 0, tags: ['management'] }))).toBe(true);
  expect(canEnter(user({ maxConnections: 0, tags: ['management'], algorithm: 'rabbit_password_hashing_md5' }))).toBe(
    false,
  );
  expect(readMemory({ value: { maxConnections: null } })).toEqual({ maxConnections: null });
  expect(readMemory({ value: { maxConnections: 20 } })).toEqual({ maxConnections: 20 });
  expect(readMemory({ value: 'x' })).toBeNull();
});

test('a connection becomes a session whose key a later one of the same ports has not', () => {
  const row = {
    name: '10.0.0.9:5001 -> 10.0.0.1:5672',
    user: 'svc',
    connected_at: Date.parse('2026-01-01T00:00:00Z'),
    peer_host: '10.0.0.9',
    vhost: 'shop',
    protocol: 'AMQP 0-9-1',
    state: 'running',
    client_properties: { connection_name: 'billing', product: 'amqplib' },
  };
  const [read] = readConnections([row, { name: 'half' }]);
  const seen = { startedAt: read!.connectedAt, lastAt: 0, idle: false };
  expect(toSession(read!, seen)).toMatchObject({
    key: `${row.connected_at}:${row.name}`,
    externalIdentityId: 'svc',
    label: 'billing · shop · 10.0.0.9',
    network: '10.0.0.9',
    agent: 'billing · amqplib',
    startedAt: '2026-01-01T00:00:00.000Z',
    lastEventAt: '2026-01-01T00:00:00.000Z',
  });
});

test('shovels and federation by who they log in as', () => {
  expect(loginOf('amqps://svc%2Dx:secret@host/vhost')).toBe('svc-x');
  const value = [
    { name: 'move', vhost: '/', value: { 'src-uri': ['amqp://svc:p@a', 'amqp://'], 'dest-uri': 'amqp://other@b' } },
    { name: 'local', vhost: '/', value: { 'src-uri': 'amqp://' } },
  ];
  expect(readLinks('shovel', value)).toEqual([{ name: 'shovel move (/)', users: ['svc', 'other'] }]);
  const queues = [
    { exclusive: true, name: 'q', vhost: '/' },
    { exclusive: false, name: 'r' },
  ];
  expect(exclusiveQueues(queues)).toEqual([{ name: 'q', vhost: '/' }]);
  expect(ownerOf({ owner_pid_details: { name: 'a' } })).toBe('a');
  const consumers = [{ queue: { name: 'q' }, channel_details: { connection_name: 'a' } }];
  expect(consumedBy(consumers, new Set(['a']))).toEqual(['q']);
});

test('whatever the broker answers, nothing throws, and what is read has a name, a user and sane times', () => {
  const like = fc.oneof(
    fc.anything(),
    fc.record({
      name: fc.string(),
      user: fc.string(),
      connected_at: fc.oneof(fc.double(), fc.anything()),
      peer_host: fc.anything(),
    }),
    fc.record({ name: fc.string(), password_hash: fc.string(), limits: fc.anything(), tags: fc.anything() }),
  );
  fc.assert(
    fc.property(fc.array(like), like, (rows, one) => {
      readMemory(one);
      readLinks('shovel', rows);
      exclusiveQueues(rows);
      consumedBy(rows, new Set(['']));
      ownerOf(one);
      readAccount(one);
      for (const read of readAccounts(rows)) expect(toIdentity(read, false).externalId).not.toBe('');
      for (const row of readConnections(rows)) {
        const session = toSession(row, { startedAt: row.connectedAt, lastAt: 5, idle: false });
        expect(session.externalIdentityId).not.toBe('');
        expect(Date.parse(session.lastEventAt)).toBeGreaterThanOrEqual(Date.parse(session.startedAt));
      }
    }),
  );
});

test('what runs is known only where every node tells', () => {
  const node = (...names: string[]) => ({
    name: 'n',
    applications: names.map((name) => ({ name })),
    enabled_plugins: names.slice(1),
  });
  const starting = { ...node('rabbit'), enabled_plugins: ['rabbitmq_auth_backend_ldap'] };
  expect(readApplications([node('rabbit'), node('rabbit', 'rabbitmq_auth_backend_ldap')])).toEqual([
    'rabbit',
    'rabbit',
    'rabbitmq_auth_backend_ldap',
  ]);
  for (const silent of [null, [], [[]], [node('rabbit'), { name: 'm' }], [node('rabbit'), node()], [starting]])
    expect(readApplications(silent)).toBeNull();
});
