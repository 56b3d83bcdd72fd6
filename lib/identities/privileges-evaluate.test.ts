import { expect, test } from 'vitest';
import { excessOf, grantsOf, isJudged } from '@/lib/identities/privileges-evaluate';

test('rights come from its system, scopes from its sessions; what was done under their name has used them', () => {
  const attributes = { superuser: true, createRole: false, memberOf: 'readers', canLogin: true };
  expect(grantsOf(attributes, ['orders:read orders:write'], ['Orders.Read'])).toEqual([
    { what: 'orders:read', from: 'scope of its sessions', used: true, administrative: false },
    { what: 'orders:write', from: 'scope of its sessions', used: false, administrative: false },
    { what: 'superuser', from: 'its system', used: false, administrative: true },
    { what: 'memberOf: readers', from: 'its system', used: false, administrative: false },
  ]);
});

test.each([
  [{ superuser: true }, 'Holds superuser.'],
  [{ createRole: true, memberOf: 'readers' }, 'Holds createRole.'],
  [{ policies: ['AdministratorAccess'] }, 'Holds policies: AdministratorAccess.'],
  [{ roles: 'cluster-admin' }, 'Holds roles: cluster-admin.'],
  [{ memberOf: 'readers', superuser: false }, null],
  [{ memberOf: 'badminton' }, null],
])('%j', (attributes, why) => expect(excessOf(attributes, [], ['orders.read'])).toBe(why));

test('a scope nothing was done under is too much, where what is done is told; one that asks for a sign-in is none', () => {
  expect(excessOf({}, ['openid orders:read orders:write'], ['orders.read'])).toBe('Not used in 30 days: orders:write.');
  expect(excessOf({}, ['openid orders:read'], ['orders.read'])).toBeNull();
  expect(excessOf({}, ['orders:write'], [])).toBeNull();
});

test('who is judged: those whose rights are told, though they have none, or whose sessions carry a scope', () => {
  expect(isJudged({ superuser: false, createRole: false }, [])).toBe(true);
  expect(isJudged({}, ['orders:read'])).toBe(true);
  expect([isJudged({ canLogin: true }, []), isJudged(null, [])]).toEqual([false, false]);
});
