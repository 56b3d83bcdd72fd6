import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  blockedAt,
  cut,
  deniedBefore,
  denyAll,
  denyOlder,
  isBlocked,
  isCut,
  mayAssume,
  type Principal,
  toAccessKey,
  toIdentity,
  toPrincipal,
  trusted,
  uncut,
} from '@/lib/connectors/aws/account-normalise';
import { objectOf } from '@/lib/sessions/loose-model';

const ARN = 'arn:aws:iam::123456789012:user/svc';
const principal = (about: Partial<Principal>): Principal => ({
  kind: 'role',
  arn: 'arn:aws:iam::123456789012:role/r',
  name: 'r',
  path: '/',
  tags: {},
  inline: [],
  trust: {},
  lastUsedAt: null,
  maxSessionSecs: 3600,
  instanceProfiles: [],
  groups: [],
  ...about,
});

const statement = fc.record(
  {
    Sid: fc.constantFrom('A', 'BraidBlockedX', 'BraidBlocked', ''),
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.oneof(fc.constant('*'), fc.record({ AWS: fc.oneof(fc.string(), fc.array(fc.string())) })),
    Action: fc.constantFrom('sts:AssumeRole', 'sts:TagSession'),
    Condition: fc.object({ maxDepth: 2 }),
  },
  { requiredKeys: ['Effect'] },
);

test('whatever a trust policy says, cutting it and giving it back leaves it letter for letter', () => {
  fc.assert(
    fc.property(
      fc.oneof(statement, fc.array(statement, { maxLength: 4 })),
      fc.integer({ min: 1, max: 4e12 }),
      (Statement, at) => {
        const trust = { Version: '2012-10-17', Statement };
        const before = JSON.stringify(trust);
        const shut = cut(trust, at);
        expect(isCut(shut)).toBe(true);
        expect(blockedAt(principal({ trust: shut }))).toBe(at);
        expect(cut(shut, at + 1)).toEqual(shut);
        expect(JSON.stringify(uncut(shut))).toBe(before);
        expect(JSON.stringify(uncut(trust))).toBe(before);
        expect(JSON.stringify(trust)).toBe(before);
      },
    ),
    { numRuns: 500 },
  );
});

test('whatever AWS sends, what goes on has its bounds', () => {
  const loose = fc.object({
    maxDepth: 3,
    values: [fc.anything()],
    key: fc.constantFrom(
      'Arn',
      'UserName',
      'RoleName',
      'Path',
      'Tags',
      'UserPolicyList',
      'AssumeRolePolicyDocument',
      'RoleLastUsed',
      'Statement',
      'Principal',
      'Effect',
      'AccessKeyId',
    ),
  });
  fc.assert(
    fc.property(fc.constantFrom('user' as const, 'role' as const), loose, (kind, record) => {
      const key = toAccessKey(record);
      const found = toPrincipal(kind, { Arn: ARN, UserName: 'u', RoleName: 'r', ...objectOf(record) });
      if (!found) return;
      const identity = toIdentity(found, key ? [key] : [], { own: false, lastUsed: {} });
      expect(identity.externalId.length).toBeLessThanOrEqual(600);
      expect(identity.name.length).toBeLessThanOrEqual(200);
      expect(deniedBefore(found) === null || Number.isFinite(Date.parse(deniedBefore(found)!))).toBe(true);
      mayAssume(ARN, found.trust);
    }),
    { numRuns: 500 },
  );
});

test('what Braid puts into an account is read back as what it is', () => {
  const put = principal({ inline: [{ name: 'BraidBlocked', document: denyAll(1_790_000_000_123) }] });
  expect([isBlocked(put), blockedAt(put)]).toEqual([true, 1_790_000_000_123]);
  const at = '2026-11-22T16:00:00.000Z';
  expect(deniedBefore(principal({ inline: [{ name: 'AWSRevokeOlderSessions', document: denyOlder(at) }] }))).toBe(at);
  expect(isBlocked(principal({}))).toBe(false);
});

test.each([
  [ARN, 'named'],
  ['123456789012', 'account'],
  ['arn:aws:iam::123456789012:root', 'account'],
  ['*', 'account'],
  ['arn:aws:iam::999999999999:root', null],
])('a role that trusts %s may be assumed: %s', (AWS, how) => {
  const trust = { Statement: { Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole' } };
  expect(mayAssume(ARN, trust)).toBe(how);
  expect(trusted(trust)).toEqual([AWS]);
});
