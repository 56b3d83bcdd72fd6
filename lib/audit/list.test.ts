import { beforeAll, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { list } from '@/lib/audit/list';
import { listActions } from '@/lib/audit/list-actions';
import { auditQuerySchema } from '@/lib/audit/model';
import { record } from '@/lib/audit/record';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';

testDatabase();

const as = (name: string): Ctx => ({ actor: { kind: 'cli', name } });
const reader: Ctx = { actor: { kind: 'operator', id: 'o', name: 'Vic', role: 'viewer' } };
const find = async (query: object) =>
  (await list(reader, auditQuerySchema.parse(query))).items.map((row) => row.targetName);

beforeAll(async () => {
  for (let i = 0; i < 30; i += 1) {
    const target = { type: 'identity', id: `id-${i}`, name: `svc-${i}` };
    const action = i % 3 === 0 ? 'identity.revoke' : 'operator.disable';
    const entry = { action, target, reason: i === 7 ? 'Token seen in a public log' : undefined };
    await transaction((tx) => record(tx, as(i % 2 ? 'cli:ada' : 'cli:bob'), entry));
  }
});

test('pages follow one another without a gap or a repeat, newest first', async () => {
  const seen: (string | null)[] = [];
  let cursor: string | undefined;
  do {
    const page = await list(reader, auditQuerySchema.parse({ limit: 7, cursor }));
    seen.push(...page.items.map((row) => row.targetName));
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(seen).toEqual(Array.from({ length: 30 }, (_, i) => `svc-${29 - i}`));
});

test('filters: noun, deed, actor, target, reason, time; together they narrow', async () => {
  expect(await find({ action: 'identity' })).toHaveLength(10);
  expect(await find({ action: 'operator.disable', actor: 'ada' })).toHaveLength(10);
  expect(await find({ target: 'id-7' })).toEqual(['svc-7']);
  expect(await find({ q: 'public log' })).toEqual(['svc-7']);
  expect(await find({ q: '%' })).toEqual([]);
  expect(await find({ from: '2999-01-01T00:00:00Z' })).toEqual([]);
  expect(await find({ actorKind: 'token' })).toEqual([]);
  expect(auditQuerySchema.safeParse({ action: 'drop table' }).success).toBe(false);
});

test('every action is offered once; a token that only decides sees nothing', async () => {
  expect(await listActions(reader)).toEqual(['identity.revoke', 'operator.disable']);
  const decider: Ctx = { actor: { kind: 'token', id: 't', name: 't', issuer: 'default', scopes: ['decide'] } };
  await expect(list(decider, auditQuerySchema.parse({}))).rejects.toMatchObject({ code: 'access.denied' });
});
