import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalise } from '@/lib/connectors/google/normalise';

type Json = Record<string, unknown>;
const records = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/audit.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Json);
const eventOf = (record: unknown) => {
  const read = normalise(record);
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};
const event = (index: number) => eventOf(records[index]);
const changed = (index: number, change: Json): Json => ({
  ...records[index],
  protoPayload: { ...(records[index]!.protoPayload as Json), ...change },
});
const SA = 'payments@acme-prod.iam.gserviceaccount.com';
const CI = 'deployer@acme-prod.iam.gserviceaccount.com';
const KEY = 'key:c71e040fb4b71d798ce4baca14e15ab62115aaef';

test('who: people, service accounts, agents of Google, federated pipelines; nobody is no fact', () => {
  const who = (index: number) => [event(index).identity.externalId, event(index).identity.kind];
  expect([0, 1, 7, 14].map(who)).toEqual([
    ['mia@example.org', 'human'],
    [SA, 'service_account'],
    ['service-42@gcp-sa-pubsub.iam.gserviceaccount.com', 'workload'],
    ['svc-import@example.org', 'service_account'],
  ]);
  expect(event(5).identity).toMatchObject({
    name: 'repo:acme/shop:ref:refs/heads/main',
    kind: 'ci_pipeline',
    type: 'federated',
  });
  expect(normalise(records[13])).toEqual({ kind: 'skipped' });
  const workload =
    'principal://iam.googleapis.com/projects/4/locations/global/workloadIdentityPools/p.svc.id.goog/subject/ns/shop/sa/web';
  expect(eventOf(changed(5, { authenticationInfo: { principalSubject: workload } })).identity).toMatchObject({
    kind: 'workload',
    name: 'ns/shop/sa/web',
  });
});

describe('session', () => {
  test('one service account key at one address, derived; a person by address and agent, inferred; service agents: none', () => {
    expect(event(1)).toMatchObject({
      session: { key: `${SA} ${KEY} 198.51.100.41`, observedBy: 'derived', kind: 'service' },
      credential: { externalId: KEY, kind: 'service_account_key' },
    });
    expect(event(2)).toMatchObject({ network: '2001:db8::41', credential: { externalId: KEY } });
    expect(event(0).session).toMatchObject({
      key: expect.stringMatching(/^mia@example.org 203\.0\.113\.24 google-cloud-sdk gcloud/),
      observedBy: 'inferred',
    });
    expect(event(7)).toMatchObject({ session: null, network: null, attributes: { sourceAddress: 'private' } });
  });

  test('an impersonation is its own credential, given out by who asked for it', () => {
    const as = `as:${SA} by:mia@example.org`;
    expect(event(3)).toMatchObject({
      class: 'session',
      minted: [{ externalId: as, how: 'delegation', expiresAt: '2026-03-02T09:00:20.000Z' }],
    });
    expect(event(4)).toMatchObject({
      identity: { externalId: SA },
      credential: { externalId: as, kind: 'token' },
      parent: { how: 'delegation', credential: as },
      attributes: { delegation: 'mia@example.org' },
      region: 'us-central1',
    });
    const through = eventOf(
      changed(3, {
        request: { name: `projects/-/serviceAccounts/${SA}`, delegates: [`projects/-/serviceAccounts/${CI}`] },
      }),
    );
    expect(through.minted?.[0]?.externalId).toBe(`as:${SA} by:${CI}`);
  });
});

describe('what else it tells', () => {
  test('the life of keys and accounts', () => {
    const identity = { issuer: 'google', type: 'serviceAccount', externalId: SA };
    expect(event(0).life).toEqual({ of: 'credential', what: 'created', externalId: KEY, identity });
    expect(event(8).life).toEqual({ of: 'credential', what: 'disabled', externalId: KEY, identity });
    expect(event(9).life).toMatchObject({
      what: 'deleted',
      externalId: 'key:960653a95002d5b9c230ad1631ac38f3aee2123f',
    });
    expect(event(10).life).toEqual({ of: 'identity', what: 'disabled', externalId: SA, identity });
    expect(event(11).life).toMatchObject({ what: 'privileged', externalId: CI });
    expect(eventOf(changed(8, { status: { code: 7 } })).life).toBeUndefined();
  });

  test('class, outcome, region, agent', () => {
    expect([0, 1, 2, 6, 12, 14].map((index) => event(index).class)).toEqual([
      'change',
      'read',
      'change',
      'change',
      'read',
      'read',
    ]);
    expect(event(12)).toMatchObject({
      outcome: 'failure',
      attributes: { error: 7, denied: 'secretmanager.versions.access' },
    });
    expect([event(1).region, event(11).region, event(11).agent]).toEqual(['europe-west1', null, 'Chrome']);
    expect(event(6).agent).toBe('Terraform Terraform-Plugin-SDK terraform-provider-google');
    expect(event(1).action).toBe('storage:storage.objects.get');
  });
});

test('an entry without an audit payload is understood; anything else is refused with a reason', () => {
  expect(normalise(records[15])).toEqual({ kind: 'skipped' });
  for (const other of [null, {}, { ...records[0], timestamp: 'x', receiveTimestamp: 'x' }]) {
    expect(normalise(other)).toMatchObject({ kind: 'rejected', reason: expect.stringMatching(/\w/) });
  }
  const data = Buffer.from(JSON.stringify(records[1])).toString('base64');
  expect(normalise({ message: { data } })).toEqual(normalise(records[1]));
  expect(normalise({ message: { data: 5 } })).toMatchObject({ kind: 'rejected' });
});
