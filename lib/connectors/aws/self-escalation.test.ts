// Who gives itself privilege names itself: by its own ARN, whatever its path or its session is called.
import { expect, test } from 'vitest';
import { lifeOf } from '@/lib/connectors/aws/credential-normalise';

const ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const arn = (rest: string) => `arn:aws:iam::111122223333:${rest}`;
const adm = { type: 'IAMUser', arn: arn('user/jobs/adm'), accountId: '111122223333', userName: 'adm' };
const roleOf = (name: string, session: string) => ({
  type: 'AssumedRole',
  arn: `arn:aws:sts::111122223333:assumed-role/${name}/${session}`,
  accountId: '111122223333',
  sessionContext: { sessionIssuer: { type: 'Role', arn: arn(`role/svc/${name}`), userName: name } },
});
const life = (user: object, eventName: string, requestParameters: object) =>
  lifeOf({ eventSource: 'iam.amazonaws.com', requestParameters }, { ...user }, eventName);

test('a user and a role attach to themselves', () => {
  expect(life(adm, 'AttachUserPolicy', { userName: 'adm', policyArn: ADMIN })).toMatchObject({
    what: 'privileged',
    externalId: arn('user/jobs/adm'),
  });
  for (const session of ['pay', 'job-7'])
    expect(life(roleOf('pay', session), 'AttachRolePolicy', { roleName: 'pay', policyArn: ADMIN })).toMatchObject({
      what: 'privileged',
      externalId: arn('role/svc/pay'),
    });
});

test('a session called like another role is not that role', () => {
  expect(life(roleOf('ops', 'pay'), 'AttachRolePolicy', { roleName: 'pay', policyArn: ADMIN })).toMatchObject({
    externalId: arn('role/pay'),
  });
});

test.each([ALL, encodeURIComponent(ALL), ALL.replace('"*"', '["s3:GetObject","iam:*"]')])(
  'an inline policy that allows everything: %s',
  (policyDocument) => {
    expect(life(adm, 'PutUserPolicy', { userName: 'adm', policyDocument })).toMatchObject({ what: 'privileged' });
    expect(life(adm, 'PutRolePolicy', { roleName: 'x', policyDocument })).toMatchObject({ externalId: arn('role/x') });
  },
);

test.each([
  ALL.replace('Allow', 'Deny'),
  ALL.replace('"*"', '"s3:*"'),
  ALL.replace('"Resource":"*"', '"Resource":"arn:aws:s3:::x"'),
  ALL.replace('"Effect"', '"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}},"Effect"'),
  '%E0%A4%A',
  '{',
])('none: %s', (policyDocument) =>
  expect(life(adm, 'PutUserPolicy', { userName: 'adm', policyDocument })).toBeUndefined(),
);

test('into a group by itself; whom another puts there, nothing is told of', () => {
  expect(life(adm, 'AddUserToGroup', { userName: 'adm', groupName: 'ops' })).toMatchObject({ what: 'privileged' });
  expect(life(adm, 'AddUserToGroup', { userName: 'mia', groupName: 'ops' })).toBeUndefined();
});
