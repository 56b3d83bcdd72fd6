import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalise } from '@/lib/connectors/teleport/normalise';

const records = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/events.log'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, unknown>);
const INSTANCE = 'bot-instance 6dd675ef-907f-4538-8ce5-eeaf38a77db7';

const event = (type: string, nth = 0, change: Record<string, unknown> = {}) => {
  const read = normalise({ ...records.filter((each) => each.event === type)[nth], ...change });
  if (read.kind !== 'event') throw new Error(`${type}: ${JSON.stringify(read)}`);
  return read.event;
};

test('who: bots by name, people, the author of a review', () => {
  expect(event('bot.join').identity).toEqual({
    issuer: 'teleport:example.teleport.sh',
    type: 'bot',
    externalId: 'deployer',
    name: 'deployer',
    kind: 'ci_pipeline',
  });
  for (const type of ['cert.create', 'db.session.start', 'kube.request'])
    expect(event(type).identity).toMatchObject({ type: 'bot', externalId: 'deployer' });
  expect(event('session.start').identity).toMatchObject({ type: 'user', externalId: 'dana', kind: 'human' });
  expect(event('access_request.review').identity.externalId).toBe('erin');
  expect(event('user.login', 0, { user: '863e1241-aa97-433d-812d-9ea93aeb8131.x', user_kind: 3 }).identity.type).toBe(
    'system',
  );
});

describe('session', () => {
  test('sid, from start to end: SSH, database, application', () => {
    const phases = ['session.start', 'session.command', 'session.end'].map((type) => event(type).session);
    expect(phases.map((each) => [each?.key, each?.phase])).toEqual([
      ['7209f14f-5218-4083-ad13-3cd00c5177f8', 'open'],
      ['7209f14f-5218-4083-ad13-3cd00c5177f8', 'seen'],
      ['7209f14f-5218-4083-ad13-3cd00c5177f8', 'close'],
    ]);
    expect(event('db.session.start').session).toMatchObject({ kind: 'database', phase: 'open', observedBy: 'native' });
    expect(event('app.session.end').session).toMatchObject({ phase: 'close' });
    expect(event('db.session.start', 1)).toMatchObject({ session: null, outcome: 'failure' });
  });

  test('what comes after the end does not open it anew', () => {
    expect(event('session.data').session).toBeNull();
    expect(event('session.recording.access').session).toBeNull();
    expect(event('session.data').attributes).toMatchObject({ sent: 4420, received: 3488 });
  });

  test('a bot instance lives while it renews its certificate, and its sessions stem from it', () => {
    expect(event('bot.join').session).toMatchObject({ key: INSTANCE, phase: 'seen', observedBy: 'native' });
    expect(event('cert.create').session).toMatchObject({ key: INSTANCE, gapSecs: 3600 });
    const older = { identity: { user: 'bot-deployer', expires: '2024-03-02T10:00:00Z', client_ip: '10.9.0.4' } };
    expect(event('cert.create', 0, older).session).toMatchObject({ key: 'bot deployer 10.9.0.4', gapSecs: 3600 });
    expect(event('db.session.start').parent).toEqual({ how: 'delegation', key: INSTANCE });
    expect(event('bot.join', 1)).toMatchObject({ session: null, outcome: 'failure' });
  });

  test('requests to a cluster are derived', () => {
    expect(event('kube.request').session).toMatchObject({ observedBy: 'derived', kind: 'api' });
    expect(event('kube.request', 1).session?.key).toBe(event('kube.request').session?.key);
  });
});

test('class by what is done; a query by its command, which is all that is kept of it', () => {
  expect(records.map((each) => each.event).includes('db.session.query')).toBe(true);
  expect([event('db.session.query').class, event('db.session.query', 1).class]).toEqual(['change', 'read']);
  expect([event('kube.request').class, event('kube.request', 1).class]).toEqual(['read', 'change']);
  expect(event('session.recording.access').class).toBe('export');
  expect(event('access_request.create').class).toBe('approval');
  expect(event('cert.create').class).toBe('session');
  const text = JSON.stringify(records.map(normalise));
  expect(text).not.toContain('do not keep');
  expect(text).not.toContain('/etc/shadow');
});

test('bindings, scope, end, assurance and consent', () => {
  expect(event('session.start')).toMatchObject({
    binding: { device: 'd1c2' },
    acr: 'mfa',
    consent: { id: '0190a6f1-1111-7222-8333-444455556666' },
    network: '2001:db8::42',
  });
  expect(event('cert.create')).toMatchObject({ scope: 'bot-deployer deploy', expiresAt: '2024-03-02T10:00:00.231Z' });
  expect(event('bot.join').binding).toEqual({ runtime: '4382935357' });
  expect(event('access_request.review').consent).toEqual({
    id: '0190a6f1-1111-7222-8333-444455556666',
    by: 'erin',
    scope: 'prod-root',
    at: '2024-03-02T09:11:50.000Z',
  });
});

test('agents without versions, credentials by what they are', () => {
  expect(event('cert.create').agent).toBe('tbot grpc-go');
  expect(event('app.session.start').agent).toBe('Chrome');
  expect(event('bot.join').credential).toEqual({ externalId: 'join-token deployer-github', kind: 'join_token' });
});

test('life: locks and the end of bots', () => {
  expect(event('lock.created').life).toEqual({ of: 'session', what: 'revoked', externalId: INSTANCE });
  expect(event('lock.created', 0, { target: { user: 'bot-deployer' } }).life).toMatchObject({
    of: 'identity',
    what: 'disabled',
    identity: { type: 'bot', externalId: 'deployer' },
  });
  expect(event('lock.created', 0, { target: { join_token: 'deployer-github' } }).life?.externalId).toBe(
    event('bot.join').credential?.externalId,
  );
  expect(event('bot.delete').life).toMatchObject({ what: 'deleted', externalId: 'deployer' });
});

test('what is no event, or has no time, is refused with a reason', () => {
  for (const bad of [
    null,
    'x',
    {},
    { event: 'X Y' },
    { event: 'bot.join', code: 'TJ001I' },
    { event: 'bot.join', time: '2024-03-02T09:00:00Z' },
  ])
    expect(normalise(bad)).toEqual({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
});
