import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { expiryOf } from '@/lib/connectors/aws/credential-normalise';
import { normalise } from '@/lib/connectors/aws/normalise';

const records = fs
  .readFileSync(path.join(import.meta.dirname, 'fixtures/credentials.ndjson'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, unknown>);
const event = (name: string, nth = 0, change: Record<string, unknown> = {}) => {
  const read = normalise({ ...records.filter((each) => each.eventName === name)[nth], ...change });
  if (read.kind !== 'event') throw new Error(`${name}: ${JSON.stringify(read)}`);
  return read.event;
};
const user = (name: string) => `arn:aws:iam::111122223333:user/${name}`;

describe('lineage', () => {
  test('a role assumed from a role: each call names the credential it minted, and its end', () => {
    expect(event('AssumeRole').minted).toEqual([
      { externalId: 'ASIAEXAMPLEROLE1', kind: 'token', how: 'role_chain', expiresAt: '2024-03-02T10:20:00.000Z' },
    ]);
    expect(event('AssumeRole', 1)).toMatchObject({
      credential: { externalId: 'ASIAEXAMPLEROLE1' },
      minted: [{ externalId: 'ASIAEXAMPLEROLE2', expiresAt: '2024-03-02T12:06:00.000Z' }],
      attributes: { sourceIdentity: 'mia' },
    });
    expect(event('AttachUserPolicy').credential?.externalId).toBe('ASIAEXAMPLEROLE2');
    expect(event('AssumeRole', 0, { errorCode: 'AccessDenied' }).minted).toBeUndefined();
  });

  test('secret parts of the answer are not read', () => {
    expect(JSON.stringify(event('AssumeRole'))).not.toContain('IQoJb3JpZ2lu');
  });

  test('when credentials end, as CloudTrail writes it', () => {
    expect(['Jul 10, 2023, 12:09:47 PM', 'Jul 10, 2023 12:09:47 AM', '2023-07-10T12:09:47Z'].map(expiryOf)).toEqual([
      '2023-07-10T12:09:47.000Z',
      '2023-07-10T00:09:47.000Z',
      '2023-07-10T12:09:47.000Z',
    ]);
    for (const none of ['Jly 10, 2023, 12:09:47 PM', 'soon', '', 5, null]) expect(expiryOf(none)).toBeNull();
  });

  test('a pipeline that came in with a token of its own', () => {
    expect(event('AssumeRoleWithWebIdentity')).toMatchObject({
      identity: { kind: 'ci_pipeline', name: 'repo:acme/shop:ref:refs/heads/main' },
      minted: [{ externalId: 'ASIAEXAMPLECI' }],
    });
  });
});

describe('where', () => {
  test('an instance role is bound to its instance, a function to itself', () => {
    expect(event('GetParameter')).toMatchObject({
      binding: { runtime: 'ec2:i-0123456789abcdef0' },
      attributes: { imds: '2.0' },
      trustedAt: '2024-03-02T09:30:00.000Z',
    });
    expect(event('PutItem').binding?.runtime).toBe('arn:aws:lambda:eu-west-1:111122223333:function:worker-fn');
    expect(event('ListBuckets').binding).toBeUndefined();
  });

  test("a console's back end inside a session says nothing of where the person is", () => {
    const backEnd = event('GetBucketAcl');
    expect(backEnd).toMatchObject({
      network: null,
      agent: null,
      attributes: { backEnd: true, sourceAddress: '10.248.16.43' },
    });
    expect(backEnd.session?.key).toBe(event('ListBuckets').session?.key);
    const claimed = event('GetBucketAcl', 0, { sourceIPAddress: '198.51.100.66', vpcEndpointId: undefined });
    expect([claimed.network, claimed.attributes.backEnd]).toEqual(['198.51.100.66', undefined]);
  });

  test('an impossible region is none; an address has one form', () => {
    expect([event('PutItem').region, event('PutItem').attributes.impossibleRegion]).toEqual([null, 'moon-base-1']);
    expect(event('DeleteUser').network).toBe('2001:db8::24');
  });
});

test('the console: a sign-in with its second factor, a failed one, and calls with console credentials', () => {
  expect(event('ConsoleLogin')).toMatchObject({ acr: 'mfa', outcome: 'success', session: null, class: 'session' });
  expect(event('ConsoleLogin', 1)).toMatchObject({ outcome: 'failure', session: null });
  expect(event('ListBuckets')).toMatchObject({
    acr: 'mfa',
    session: { kind: 'browser', observedBy: 'derived' },
    attributes: { console: true },
  });
});

describe('the life of keys, users and roles', () => {
  const of = (name: string) => event(name).life;
  const deployer = { issuer: 'aws', type: 'IAMUser', externalId: user('deployer') };
  test('keys', () => {
    expect(of('CreateAccessKey')).toEqual({
      of: 'credential',
      what: 'created',
      externalId: 'AKIAEXAMPLENEW',
      identity: deployer,
    });
    expect(of('UpdateAccessKey')).toMatchObject({ what: 'disabled', externalId: 'AKIAEXAMPLE1' });
    expect(of('DeleteAccessKey')).toEqual({ of: 'credential', what: 'deleted', externalId: 'AKIAEXAMPLE1' });
    expect(event('DeleteAccessKey', 1).life).toBeUndefined();
  });

  test('identities, passwords, revoked sessions, privileges', () => {
    expect(of('CreateUser')).toMatchObject({ of: 'identity', what: 'created', externalId: user('jobs/batch') });
    expect(of('DeleteUser')).toMatchObject({ of: 'identity', what: 'deleted', externalId: user('deployer') });
    expect(of('ChangePassword')).toEqual({ of: 'credential', what: 'rotated', externalId: `password:${user('mia')}` });
    expect(of('PutRolePolicy')).toMatchObject({
      of: 'identity',
      what: 'revoked',
      externalId: 'arn:aws:iam::111122223333:role/pay-worker',
    });
    expect(of('AttachUserPolicy')).toMatchObject({ what: 'privileged', externalId: user('deployer') });
    expect(
      event('AttachUserPolicy', 0, {
        requestParameters: { userName: 'deployer', policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' },
      }).life,
    ).toBeUndefined();
    expect(of('ListBuckets')).toBeUndefined();
  });
});
