import { beforeAll, describe, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { search } from '@/lib/decisions/search';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

testDatabase();
const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const callerOf = (issuer: string): Ctx => ({
  actor: { kind: 'token', id: newId(), name: issuer, scopes: ['decide'], issuer },
});
const caller = callerOf('default');
const stranger = callerOf('elsewhere');

const POLICY = `
set: search
default: allow
entities:
  resources: [{ type: account, id: declared, properties: { frozen: true } }]
  actions: [payment.create]
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, on: action.name == "payment.create" }
rules:
  - { id: cap, limit: { meter: paid, max: 100 } }
  - { id: frozen, deny: has(resource.properties.frozen) && resource.properties.frozen == true }
`;
const pay = (subject: string, account: string, amount: number) => ({
  subject: { type: 'service_account', id: subject },
  action: { name: 'payment.create' },
  resource: { type: 'account', id: account },
  context: { amount },
});
const ids = (answer: { results: object[] }) => answer.results.map((one) => (one as { id: string }).id);

beforeAll(async () => {
  for (const { actor } of [caller, stranger])
    await pool().query(
      `insert into api_tokens (id, name, issuer, scopes, hash, prefix, created_by) values ($1::uuid, $2, $2, '{decide}', $1::text, 'x', 'test')`,
      [(actor as { id: string }).id, actor.name],
    );
  await apply(admin, { source: POLICY });
  for (const [account, amount] of [
    ['acct-a', 90],
    ['acct-b', 10],
    ['acct-c', 60],
  ] as const)
    expect((await decide(caller, pay('svc-1', account, amount))).decision).toBe(true);
  await decide(caller, pay('svc-2', 'acct-b', 5));
});

describe('search looks at shared state as it is now', () => {
  const accounts = (amount: number, page = {}) =>
    search(caller, 'resource', { ...pay('svc-1', '', amount), resource: { type: 'account' }, page });

  test('an account is found while its exposure leaves room, whoever filled it', async () => {
    expect(ids(await accounts(5))).toEqual(['acct-a', 'acct-b', 'acct-c']);
    expect(ids(await accounts(30))).toEqual(['acct-b', 'acct-c']);
    expect(ids(await accounts(85))).toEqual(['acct-b']);
  });

  test('a declared property holds where the request says nothing else', async () => {
    expect(ids(await accounts(1))).not.toContain('declared');
    const thawed = { ...pay('svc-1', '', 1), resource: { type: 'account', properties: { frozen: false } } };
    expect(ids(await search(caller, 'resource', thawed))).toContain('declared');
    expect((await decide(caller, pay('svc-1', 'declared', 1))).context.reason).toBe('rule_denied');
  });

  test('nothing is reserved: the same room is there afterwards, and a revoked subject is not found', async () => {
    const subjects = () =>
      search(caller, 'subject', { ...pay('', 'acct-b', 85), subject: { type: 'service_account' } });
    expect(ids(await subjects())).toEqual(['svc-1', 'svc-2']);
    expect(ids(await subjects())).toEqual(['svc-1', 'svc-2']);
    await pool().query(`update identities set state = 'revoked' where name = 'svc-2'`);
    expect(ids(await subjects())).toEqual(['svc-1']);
    expect((await decide(caller, pay('svc-1', 'acct-b', 85))).decision).toBe(true);
    expect(ids(await subjects())).toEqual([]);
  });

  test('pages meet every result once, and a token belongs to its search', async () => {
    const seen: string[] = [];
    let token = '';
    do {
      const page = await accounts(5, { limit: 1, ...(token ? { token } : {}) });
      seen.push(...ids(page));
      token = page.page.next_token;
    } while (token);
    expect(seen).toEqual(['acct-a', 'acct-c']);
    const first = await accounts(5, { limit: 1 });
    await expect(accounts(6, { token: first.page.next_token })).rejects.toMatchObject({ code: 'input.invalid' });
    await expect(accounts(5, { token: 'forged' })).rejects.toMatchObject({ code: 'input.invalid' });
  });

  test('what another namespace has asked about is not found', async () => {
    expect(
      ids(await search(stranger, 'subject', { ...pay('', 'acct-b', 1), subject: { type: 'service_account' } })),
    ).toEqual([]);
    await decide(stranger, pay('svc-1', 'acct-z', 1));
    expect(ids(await accounts(1))).not.toContain('acct-z');
  });

  test('text no database holds is refused, not looked for', async () => {
    const bad = { ...pay('svc-1', '', 1), resource: { type: 'acc\u0000ount' } };
    await expect(search(caller, 'resource', bad)).rejects.toMatchObject({ code: 'input.invalid' });
  });
});
