import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  covers,
  entityIdentity,
  leasePaths,
  policyRules,
  toAppRole,
  toEntity,
  toSession,
  toToken,
  unnamedIdentity,
} from '@/lib/connectors/vault/catalog-normalise';
import { objectOf } from '@/lib/sessions/loose-model';

const loose = fc.object({
  maxDepth: 3,
  values: [fc.anything()],
  key: fc.constantFrom(
    'accessor',
    'id',
    'name',
    'aliases',
    'metadata',
    'policies',
    'creation_time',
    'last_renewal_time',
    'expire_time',
    'issue_time',
    'mount_type',
    'token_ttl',
    'group_ids',
    'disabled',
  ),
});

test('whatever a server sends, what goes on has its bounds and a time', () => {
  fc.assert(
    fc.property(loose, loose, (one, other) => {
      const token = toToken({ accessor: 'a', ...one });
      const entity = toEntity({ id: 'e', ...other });
      const role = toAppRole({ mount: 'approle', mountAccessor: 'm', name: 'r' }, objectOf(one), objectOf(other));
      expect(role.ttl).not.toBeNaN();
      if (token) {
        const session = toSession(token, 'e');
        expect(Number.isFinite(Date.parse(session.startedAt)) && Number.isFinite(Date.parse(session.lastEventAt))).toBe(
          true,
        );
        expect(session.label.length).toBeLessThanOrEqual(200);
        expect(unnamedIdentity(token.display, [token], 'own').attributes).toBeTypeOf('object');
      }
      if (entity) {
        const found = entityIdentity(entity, { entity: null, longestSecs: 1 }, [role], token ? [token] : []);
        expect(found.name.length).toBeGreaterThan(0);
        expect(found.name.length).toBeLessThanOrEqual(512);
      }
    }),
    { numRuns: 500 },
  );
});

test('any text is a policy with rules or without, and in no time', () => {
  const began = performance.now();
  fc.assert(
    fc.property(fc.string({ maxLength: 2_000 }), (text) => Array.isArray(policyRules(text))),
    { numRuns: 500 },
  );
  for (const text of ['path "'.repeat(40_000), `path "${'a/'.repeat(90_000)}"{`, '{'.repeat(100_000)])
    policyRules(text);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('rules are read from HCL and JSON alike; a denial and a comment open nothing', () => {
  const hcl = `
    # path "database/creds/never" { capabilities = ["read"] }
    path "database/creds/payments" { capabilities = ["read"] }
    path "database/creds/shut" {
      capabilities = ["deny"]
    }
    path "aws/sts/*" { capabilities = ["update"] }`;
  expect(leasePaths(policyRules(hcl))).toEqual(['database/creds/payments']);
  const json = JSON.stringify({ path: { 'database/creds/payments': { capabilities: ['read'] } } });
  expect(leasePaths(policyRules(json))).toEqual(['database/creds/payments']);
});

test.each([
  ['database/creds/pay*', 'database/creds/payments', true],
  ['database/*', 'database/creds/payments', true],
  ['database/+/payments', 'database/creds/payments', true],
  ['database/creds/payments', 'database/creds/payments', true],
  ['*', 'database/creds/payments', true],
  ['database/+', 'database/creds/payments', false],
  ['database/creds/pay', 'database/creds/payments', false],
  ['kv/*', 'database/creds/payments', false],
])('%s opens %s: %s', (path, wanted, so) => {
  expect(covers({ path, opens: true }, wanted)).toBe(so);
  expect(covers({ path, opens: false }, wanted)).toBe(false);
});
