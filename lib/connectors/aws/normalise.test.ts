import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentOf } from '@/lib/connectors/aws/agent-normalise';
import { aws } from '@/lib/connectors/aws/format';
import { normalise, sniff } from '@/lib/connectors/aws/normalise';

const text = fs.readFileSync(path.join(import.meta.dirname, 'fixtures/events.json'), 'utf8');
const records = (JSON.parse(text) as { Records: Record<string, unknown>[] }).Records;
const event = (index: number, change: Record<string, unknown> = {}) => {
  const read = normalise({ ...records[index], ...change });
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};

describe('who', () => {
  test('the ARN, the role behind a session, the service, or what is left', () => {
    expect(records.map((_, index) => event(index).identity).map((who) => [who.externalId, who.name, who.kind])).toEqual(
      [
        ['arn:aws:iam::111122223333:user/build/deployer', 'deployer', 'service_account'],
        ['arn:aws:iam::111122223333:role/pay-worker', 'pay-worker', 'workload'],
        ['arn:aws:iam::111122223333:role/pay-worker', 'pay-worker', 'workload'],
        ['service:ec2.amazonaws.com', 'ec2.amazonaws.com', 'workload'],
        ['service:health.amazonaws.com', 'health.amazonaws.com', 'workload'],
        ['IAMUser:111122223333:nobody', 'nobody', 'service_account'],
      ],
    );
  });

  test('nobody named is understood and no fact', () => {
    expect(normalise({ ...records[0], userIdentity: {} })).toEqual({ kind: 'skipped' });
  });
});

describe('session', () => {
  test('ARN and creation date, else the access key; forwarded calls and empty keys make none', () => {
    expect(records.map((_, index) => event(index).session?.key ?? null)).toEqual([
      'key AKIAEXAMPLE1',
      'arn:aws:sts::111122223333:assumed-role/pay-worker/i-0123456789abcdef0 2024-03-02T08:30:00Z',
      null,
      null,
      null,
      null,
    ]);
  });

  test('a new key under the same creation date is the same session', () => {
    const user = records[1]!.userIdentity as Record<string, unknown>;
    const other = event(1, { userIdentity: { ...user, accessKeyId: 'ASIAOTHER' } });
    expect(other.session?.key).toBe(event(1).session?.key);
    expect(other.credential).toEqual({ externalId: 'ASIAOTHER', kind: 'token' });
  });
});

describe('event', () => {
  test('class, outcome, lineage and time', () => {
    expect(records.map((_, index) => event(index).class)).toEqual([
      'read',
      'change',
      'read',
      'session',
      'read',
      'change',
    ]);
    expect(event(5).outcome).toBe('failure');
    expect([event(5).network, event(5).attributes.sourceAddress]).toEqual([null, '035.249.253.232']);
    expect(event(2).network).toBeNull();
    expect(event(3).attributes.issuedKey).toBe('ASIAEXAMPLE2');
    expect(event(4).at).toBe('2024-03-02T09:03:00.000Z');
    expect(event(0).resource).toBe('example-artifacts');
  });

  test('a LookupEvents wrapper is the event it carries', () => {
    const wrapped = normalise({ EventId: 'x', EventName: 'GetObject', CloudTrailEvent: JSON.stringify(records[0]) });
    expect(wrapped).toEqual(normalise(records[0]));
    expect(normalise({ CloudTrailEvent: '{"eventName"' })).toMatchObject({ kind: 'rejected' });
  });

  test('an S3 data event tells how much the caller was given', () => {
    const bytesOf = (bytesTransferredOut: unknown) => {
      const read = normalise({ ...records[0], additionalEventData: { bytesTransferredIn: 0, bytesTransferredOut } });
      return read.kind === 'event' ? read.event.attributes.bytes : read;
    };
    expect(bytesOf(38_212_411)).toBe(38_212_411);
    expect(bytesOf({})).toBeUndefined();
  });

  test('without name or time it is refused with a reason; without an id it has one of what it says', () => {
    for (const gone of ['eventName', 'eventSource', 'eventTime']) {
      expect(normalise({ ...records[0], [gone]: undefined })).toEqual({
        kind: 'rejected',
        reason: expect.stringMatching(/\w/),
      });
    }
    expect(normalise({ eventType: 'AwsCloudTrailInsight', insightDetails: { state: 'Start' } })).toEqual({
      kind: 'skipped',
    });
    expect(normalise({ awsAccountId: '1', digestStartTime: '2024-03-02T00:00:00Z' })).toEqual({ kind: 'skipped' });
    for (const other of [null, 1, 'x', [], {}, { eventTime: 'yesterday' }]) {
      expect(normalise(other)).toMatchObject({ kind: 'rejected' });
    }
  });
});

test('user agents become product tokens', () => {
  expect(event(0).agent).toBe('aws-cli');
  expect(event(1).agent).toBe('aws-sdk-go payrunner');
  expect(agentOf('stratus-red-team_39f95f43-cd2f-4beb-b69e-be60b6fe1f57')).toBe('stratus-red-team');
  expect(
    agentOf(
      'APN/1.0 HashiCorp/1.0 Terraform/1.1.2 (+https://www.terraform.io) terraform-provider-aws/3.76.1 (+https://x/y) aws-sdk-go/1.44.157 (go1.19.3)',
    ),
  ).toBe('HashiCorp Terraform terraform-provider-aws aws-sdk-go');
  expect(agentOf('[Boto3/1.26.165 Python/3.10.6 Linux/5.19.0-46-generic Botocore/1.29.165]')).toBe(
    'Boto3 Python Botocore',
  );
  expect(event(5).agent).toBe('Firefox');
  for (const none of ['AWS Internal', 'ec2.amazonaws.com', '', undefined, 5]) expect(agentOf(none)).toBeNull();
});

test('its files are recognised, wrapped or not', () => {
  expect(sniff(text)).toBe(true);
  expect(sniff(JSON.stringify({ Events: [{ CloudTrailEvent: JSON.stringify(records[0]) }] }))).toBe(true);
  expect(sniff('{"kind":"Event","auditID":"x"}')).toBe(false);
  expect(aws.sniff(text)).toBe(true);
  const notified = { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', userIdentity: { principalId: 'AIDA1' } };
  expect(aws.sniff(JSON.stringify({ Records: [notified] }))).toBe(false);
});
