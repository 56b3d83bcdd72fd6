import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalise } from '@/lib/connectors/vault/normalise';

const lines = (name: string) =>
  fs
    .readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const records = lines('audit.log');
const hmac = (text: string) => `hmac-sha256:${createHash('sha256').update(text).digest('hex')}`;
const requestOf = (record: Record<string, unknown>) => record.request as Record<string, unknown>;

/** The answered call of that path, with changes. */
const event = (ending: string, change: Record<string, unknown> = {}) => {
  const record = records.find((each) => each.type === 'response' && String(requestOf(each).path).endsWith(ending));
  const read = normalise({ ...record, ...change });
  if (read.kind !== 'event') throw new Error(`${ending}: ${JSON.stringify(read)}`);
  return read.event;
};

describe('who', () => {
  test('the entity, with the name its owner knows it by, and what kind it is', () => {
    const who = ['kubernetes/login', 'approle/login', 'kv/metadata/'].map((ending) => event(ending).identity);
    expect(who).toEqual([
      expect.objectContaining({ type: 'entity', name: 'shop/orders-api', kind: 'workload' }),
      expect.objectContaining({ type: 'entity', name: 'build', kind: 'service_account' }),
      expect.objectContaining({ type: 'entity', name: 'dana@example.org', kind: 'human' }),
    ]);
  });

  test('without an entity the display name; a pipeline by its claims', () => {
    const auth = { display_name: 'jwt-deploy', metadata: { project_path: 'shop/orders' }, accessor: 'a1' };
    expect(event('kv/metadata/', { auth }).identity).toEqual({
      issuer: 'vault',
      type: 'display_name',
      externalId: 'jwt-deploy',
      name: 'jwt-deploy',
      kind: 'ci_pipeline',
    });
  });

  test('a login that failed names nobody; a dead token is its digest, the same as when it lived', () => {
    expect(normalise(records.at(-1))).toEqual({ kind: 'skipped' });
    const living = event('token/create');
    const dead = records.filter((each) => each.error && each.type === 'response')[0];
    const read = normalise(dead);
    if (read.kind !== 'event') throw new Error('a dead token is a fact');
    expect(read.event).toMatchObject({
      identity: { type: 'token', externalId: living.credential?.externalId, kind: 'api_key' },
      credential: living.credential,
      session: null,
      outcome: 'failure',
      network: '203.0.113.50',
    });
  });
});

describe('session', () => {
  test('one token is one session, by its accessor, from login to its last call', () => {
    const keys = ['kubernetes/login', 'database/creds/orders-ro', 'renew-self', 'orders/config'].map(
      (ending) => event(ending).session?.key,
    );
    expect(new Set(keys)).toEqual(new Set([`accessor ${hmac('acc-orders')}`]));
    expect(event('kubernetes/login').session).toMatchObject({ phase: 'seen', gapSecs: 1800, observedBy: 'derived' });
  });

  test('a call stands in the log twice and counts once', () => {
    const asked = records.filter((each) => each.type === 'request');
    expect(asked.length).toBeGreaterThan(2);
    for (const each of asked) expect(normalise(each)).toEqual({ kind: 'skipped' });
  });

  test('a token that revokes itself ends its session; a login that failed has none', () => {
    expect(event('revoke-self').session?.phase).toBe('close');
    expect(event('kubernetes/login', { error: 'permission denied' }).session).toBeNull();
  });

  test('a child is minted by its parent’s session and is a session of its own; so is an orphan', () => {
    const made = event('token/create');
    expect(made.minted).toEqual([
      { externalId: hmac('tok-child'), kind: 'token', how: 'delegation', expiresAt: '2024-03-02T09:15:10.300Z' },
    ]);
    expect(made.session?.key).toBe(`accessor ${hmac('acc-build')}`);
    expect(event('deploy/key').credential?.externalId).toBe(made.minted?.[0]?.externalId);
    expect(event('deploy/key').session?.key).toBe(`accessor ${hmac('acc-child')}`);
    expect(event('create-orphan')).toMatchObject({ attributes: { orphan: true }, minted: [{ how: 'delegation' }] });
  });

  test('a lease is a credential that this session minted', () => {
    expect(event('database/creds/orders-ro').minted).toEqual([
      { externalId: 'database/creds/orders-ro/6Qw3pX0vN2bT9eRk', kind: 'lease', how: 'role_chain' },
    ]);
  });
});

test('the end is told by login and renewal only: a renewed token outlives its first TTL', () => {
  expect(event('kubernetes/login')).toMatchObject({
    trustedAt: '2024-03-02T09:00:00.000Z',
    expiresAt: '2024-03-02T10:00:00.151Z',
    scope: 'default orders-ro',
  });
  expect(event('renew-self').expiresAt).toBe('2024-03-02T10:40:00.000Z');
  expect(event('orders/config').at > '2024-03-02T10:00:00.151Z').toBe(true);
  expect(event('orders/config').expiresAt).toBeUndefined();
});

test('what each call is', () => {
  const classes = {
    'kubernetes/login': 'session',
    'database/creds/orders-ro': 'read',
    'transit/decrypt/orders': 'read',
    'orders/config': 'change',
    'control-group/authorize': 'approval',
    'raft/snapshot': 'export',
    'kv/metadata/': 'read',
    'token/create': 'session',
  };
  for (const [ending, kind] of Object.entries(classes)) expect([ending, event(ending).class]).toEqual([ending, kind]);
});

test('network and agent', () => {
  expect(event('kubernetes/login')).toMatchObject({ network: '10.20.1.15', agent: 'vault-agent Go-http-client' });
  expect(event('kv/metadata/')).toMatchObject({ network: '2001:db8::42', agent: 'Chrome' });
});

describe('life', () => {
  test('of tokens, by themselves and by accessor; of leases, secret ids, passwords and entities', () => {
    const entity = '0c1f3d77-2b1a-4a52-9f5e-8f1f0b7f2a11';
    expect(event('revoke-self').life).toEqual({ of: 'credential', what: 'revoked', externalId: hmac('tok-build') });
    expect(event('revoke-accessor').life).toEqual({
      of: 'session',
      what: 'revoked',
      externalId: event('deploy/key').session?.key,
    });
    expect(event('6Qw3pX0vN2bT9eRk').life?.externalId).toBe(event('database/creds/orders-ro').minted?.[0]?.externalId);
    expect(event('secret-id/destroy').life).toEqual({ of: 'credential', what: 'deleted', externalId: hmac('sid') });
    expect(event('report/password').life).toEqual({ of: 'credential', what: 'rotated', externalId: 'userpass:report' });
    expect(event(`id/${entity}`).life).toMatchObject({
      of: 'identity',
      what: 'disabled',
      identity: { externalId: entity },
    });
  });

  test('nothing happened where the call failed', () => {
    expect(event('revoke-self', { error: 'permission denied' })).toMatchObject({ outcome: 'failure' });
    expect(event('revoke-self', { error: 'permission denied' }).life).toBeUndefined();
    expect(event('revoke-self', { error: 'permission denied' }).session?.phase).toBe('seen');
  });
});

describe('log_raw', () => {
  const raw = lines('raw.log');

  test('raw tokens are hashed as they are read, and nothing of the answer is kept', () => {
    const text = JSON.stringify(raw.map(normalise));
    for (const secret of ['hvs.CAESI', 'hvb.AAAAAQ', 'correct horse', 'exampleExample'])
      expect(text).not.toContain(secret);
    expect(text).toContain('sha256:');
  });

  test('a token in a path too', () => {
    const token = 's.AbCdEfGhIjKlMnOpQrStUvWx';
    const read = normalise({ ...raw[0], request: { ...requestOf(raw[0]!), path: `auth/token/revoke/${token}` } });
    expect(JSON.stringify(read)).not.toContain(token);
    expect(read).toMatchObject({ event: { life: { what: 'revoked', externalId: expect.stringMatching(/^sha256:/) } } });
  });

  test('a batch token has no accessor: its digest is the key', () => {
    const read = normalise(raw[2]);
    expect(read.kind === 'event' && read.event.session?.key).toMatch(/^token sha256:[0-9a-f]{64}$/);
  });
});

test('what is no audit entry, or lacks what makes one, is refused with a reason', () => {
  const good = records.find((each) => each.type === 'response')!;
  for (const bad of [
    null,
    'x',
    {},
    { ...good, time: 'noon' },
    { ...good, type: 'other' },
    { ...good, request: { id: 1 } },
  ])
    expect(normalise(bad)).toEqual({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
});
