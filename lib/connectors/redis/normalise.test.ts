import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type NodeFacts,
  readAcl,
  readClients,
  readCluster,
  readInfo,
  toIdentity,
  toSession,
  unlisted,
} from '@/lib/connectors/redis/normalise';

const LINE =
  'id=7 addr=10.2.0.9:41822 laddr=10.2.0.1:6379 fd=8 name=worker age=61 idle=3 flags=P db=0 sub=2 psub=1 ssub=0 multi=-1 qbuf=0 cmd=subscribe user=svc-orders redir=-1 resp=2 lib-name=node-redis lib-ver=4.6';
const node = (over: Partial<NodeFacts> = {}): NodeFacts => ({
  name: '10.2.0.1:6379',
  runId: 'r1',
  role: 'master',
  mode: 'standalone',
  product: 'Redis 7.0.15',
  replicationId: 'a',
  replicas: [],
  primary: null,
  configFile: '',
  ...over,
});

test('a client’s line becomes a session with a key that never comes back', () => {
  const [row] = readClients(`${LINE}\n`);
  const at = Date.parse('2026-01-01T00:01:01Z');
  const session = toSession(row!, { node: node(), at, startedAt: at - 61_000 });
  expect(session).toMatchObject({
    key: 'r1:7',
    externalIdentityId: 'svc-orders',
    network: '10.2.0.9',
    agent: 'worker · node-redis',
    label: 'worker · 10.2.0.9 · subscribed',
    startedAt: '2026-01-01T00:00:00.000Z',
    lastEventAt: '2026-01-01T00:00:58.000Z',
    idle: false,
  });
  expect(readClients(LINE.replace('addr=10.2.0.9:41822', 'addr=[fd00::9]:41822')).map((one) => one.addr)).toEqual([
    '[fd00::9]:41822',
  ]);
});

test('a user’s rules are read, its hashes only counted, its selectors not taken for its own', () => {
  const user = readAcl(
    'user svc-orders on #9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 ~orders:* resetchannels -@all +get (~x +set)',
  )!;
  expect(user).toMatchObject({ name: 'svc-orders', on: true, passwords: 1, commands: '-@all +get', keys: '~orders:*' });
  expect(JSON.stringify(toIdentity([{ node: 'n', user }], false))).not.toContain('9f86d0');
  const off = { ...user, on: false };
  const mixed = [
    { node: 'a', user },
    { node: 'b', user: off },
  ];
  expect(toIdentity(mixed, false)).toMatchObject({ enabled: true, attributes: { offOnlyOn: 'b' } });
});

test('nodes that are told of but not listed are named; translated addresses are counted, not guessed', () => {
  const primary = node({ replicas: ['10.2.0.2:6379', '10.2.0.3:6379'] });
  const replica = (name: string) => node({ name, role: 'slave', primary: '10.2.0.1:6379' });
  expect(unlisted([primary])).toEqual(['10.2.0.2:6379', '10.2.0.3:6379']);
  expect(unlisted([primary, replica('10.2.0.2:6379')])).toEqual(['10.2.0.3:6379']);
  expect(unlisted([primary, replica('redis-b:6379'), replica('redis-c:6379')])).toEqual([]);
  expect(unlisted([replica('10.2.0.2:6379')])).toEqual(['10.2.0.1:6379']);
  const id = 'f'.repeat(40);
  expect(readCluster(`${id} 10.0.0.1:6379@16379,host myself,master - 0 0 1 connected 0-5460\nbroken`)).toEqual([
    { id, at: '10.0.0.1:6379' },
  ]);
});

test('whatever a node answers, nothing throws and every session has a user, a key and sane times', () => {
  const word = fc.oneof(
    fc.string(),
    fc.constantFrom('id=1', 'user=a', 'age=-1', 'idle=9e99', 'flags=S', 'addr=:', LINE),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), fc.string(), (words, text) => {
      const facts = readInfo('n', words.join('\r\n'));
      unlisted([facts]);
      readCluster(words.join('\n'));
      readAcl(words.join(' '));
      readAcl(`user ${text}`);
      for (const row of readClients(words.join(fc.sample(fc.constantFrom(' ', '\n'), 1)[0]))) {
        const session = toSession(row, { node: facts, at: 1e12, startedAt: Math.max(0, 1e12 - row.age * 1000) });
        expect(session.externalIdentityId).not.toBe('');
        expect(Date.parse(session.lastEventAt)).toBeGreaterThanOrEqual(Date.parse(session.startedAt));
        expect(session.label.length).toBeLessThanOrEqual(200);
      }
    }),
  );
});
