import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalise } from '@/lib/connectors/kubernetes/normalise';

const records = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/audit.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, unknown>);
const eventOf = (record: unknown) => {
  const read = normalise(record);
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};
const event = (index: number) => eventOf(records[index]);
const PAY = 'system:serviceaccount:shop:payments';

test('who: service accounts, people, nodes and components; nobody is no fact', () => {
  const who = (index: number) => [event(index).identity.type, event(index).identity.name, event(index).identity.kind];
  expect([3, 4, 7, 13, 14].map(who)).toEqual([
    ['serviceaccount', 'shop/payments', 'service_account'],
    ['user', 'mia@example.org', 'human'],
    ['user', 'kubernetes-admin', 'human'],
    ['node', 'worker-2', 'workload'],
    ['component', 'kube-scheduler', 'workload'],
  ]);
  expect(normalise(records[15])).toEqual({ kind: 'skipped' });
  expect(eventOf({ ...records[4], user: { username: 'eks:node-manager' } }).identity.kind).toBe('service_account');
});

describe('session', () => {
  test('a watch is one by its auditID, from beginning to end; so is an exec', () => {
    expect(normalise(records[0])).toEqual({ kind: 'skipped' });
    const key = 'audit a0d17000-0000-4000-8000-00000000aa01';
    expect(event(1).session).toMatchObject({ key, phase: 'open', observedBy: 'native', kind: 'service' });
    expect(event(2).session).toMatchObject({ key, phase: 'close' });
    expect(event(1).eventId).not.toBe(event(2).eventId);
    expect(event(5)).toMatchObject({ session: { phase: 'open', kind: 'agent' }, class: 'change' });
    expect(event(6).session?.phase).toBe('close');
  });

  test('by credential where the server logs one, else by address and agent', () => {
    expect(event(3).session).toMatchObject({
      key: `${PAY} JTI=2b76b98d-e185-4970-918e-6fa3f30606ab`,
      observedBy: 'derived',
      phase: 'seen',
    });
    expect(event(4).session).toMatchObject({
      key: 'mia@example.org 203.0.113.24 kubectl kubernetes',
      observedBy: 'inferred',
    });
    expect(event(12)).toMatchObject({
      network: '2001:db8::9',
      outcome: 'failure',
      session: { observedBy: 'inferred' },
    });
  });

  test('a watch that was refused is no session of its own', () => {
    const refused = eventOf({ ...records[2], responseStatus: { code: 403 } });
    expect(refused.session).toMatchObject({ phase: 'seen', observedBy: 'derived' });
  });
});

describe('what else it tells', () => {
  test('the token a TokenRequest gave out, and who used it', () => {
    expect(event(7)).toMatchObject({
      class: 'session',
      minted: [
        {
          externalId: 'JTI=0f6c1e1a-1111-4222-8333-444455556666',
          how: 'delegation',
          expiresAt: '2026-03-02T09:01:40.000Z',
        },
      ],
    });
    expect(event(8).credential).toEqual({ externalId: 'JTI=0f6c1e1a-1111-4222-8333-444455556666', kind: 'token' });
    const asked = eventOf({ ...records[7], responseObject: undefined });
    expect(asked.minted?.[0]?.expiresAt).toBe('2026-03-02T09:01:39.997Z');
  });

  test('bindings: the pod of a token, the certificate of a user', () => {
    expect(event(3).binding).toEqual({ runtime: 'pod uid-payments-7d9' });
    expect(event(7).binding).toEqual({ boundKey: 'X509SHA256=4b08d4e3ad74b21f0d1c2b3a49586776' });
    expect(event(8).binding).toBeUndefined();
  });

  test('life: accounts deleted, cluster-admin given; impersonation keeps who authenticated', () => {
    expect(event(9)).toMatchObject({
      identity: { name: 'kubernetes-admin' },
      life: { of: 'identity', what: 'deleted', externalId: 'system:serviceaccount:shop:old' },
      attributes: { actedAs: 'system:serviceaccount:kube-system:replicaset-controller' },
    });
    expect(event(10).life).toMatchObject({ what: 'privileged', externalId: 'system:serviceaccount:ci:ci-runner' });
    expect(eventOf({ ...records[9], responseStatus: { code: 409 } }).life).toBeUndefined();
  });

  test('class, outcome, stale tokens', () => {
    expect([3, 4, 7, 10, 11, 16].map((index) => event(index).class)).toEqual([
      'read',
      'read',
      'session',
      'change',
      'approval',
      'change',
    ]);
    expect(event(16)).toMatchObject({
      outcome: 'failure',
      attributes: { staleToken: expect.stringMatching(/seconds after/) },
    });
    expect(event(3)).toMatchObject({ action: 'get secrets', resource: 'shop/secrets/db' });
    expect([event(14).network, event(14).attributes.sourceAddress]).toEqual([null, '::1']);
  });
});

test('anything else is refused with a reason', () => {
  for (const other of [
    null,
    {},
    { ...records[3], stage: '' },
    { ...records[3], stageTimestamp: 'x', requestReceivedTimestamp: 'x' },
  ]) {
    expect(normalise(other)).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
  }
});
