import { afterEach, expect, test } from 'vitest';
import { authenticateToken } from '@/lib/access/authenticate-token';
import { createToken } from '@/lib/access/create-token';
import { listTokens } from '@/lib/access/list-tokens';
import type { Ctx, Role, Scope } from '@/lib/access/model';
import { revokeToken } from '@/lib/access/revoke-token';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';

testDatabase();
afterEach(() => clock.set());

const cli: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const make = (scopes: Scope[] = ['decide'], more: object = {}) =>
  createToken(cli, { name: 'payments', scopes, ...more });

test('a token is given once, stored as a hash, and says who calls with what', async () => {
  const { id, token, row } = await make(['decide', 'read', 'decide'], { issuer: 'shop' });
  expect(token).toMatch(/^brd_[\w-]{43}$/);
  expect(await authenticateToken(token)).toEqual({
    kind: 'token',
    id,
    name: 'payments',
    issuer: 'shop',
    scopes: ['decide', 'read'],
    point: { mode: 'online', settleAfterSecs: null, staleSecs: null },
  });
  const stored = JSON.stringify(
    [await prisma().apiToken.findMany(), await prisma().auditEntry.findMany(), row],
    (_, v) => (typeof v === 'bigint' ? String(v) : v),
  );
  expect(stored).not.toContain(token);
  expect(JSON.stringify(await listTokens(cli, { limit: 200 }))).not.toContain('hash');
});

test('a second after its revocation a token is refused, although it was just used', async () => {
  const { id, token } = await make();
  expect(await authenticateToken(token)).toBeDefined();
  await revokeToken(cli, { id, reason: 'leaked' });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await authenticateToken(token)).toBeUndefined();
  expect(await prisma().auditEntry.findFirst({ where: { targetId: id, action: 'token.revoke' } })).toMatchObject({
    reason: 'leaked',
  });
});

test('a burst reads the row once, and the cache does not outlive the expiry', async () => {
  const { token } = await make(['decide'], { expiresInDays: 1 });
  const end = Date.now() + 86_400_000;
  clock.set(() => end - 300);
  const burst = await Promise.all(Array.from({ length: 50 }, () => authenticateToken(token)));
  expect(burst.every(Boolean)).toBe(true);
  clock.set(() => end + 300);
  expect(await authenticateToken(token)).toBeUndefined();
});

test('what is no token is nobody: wrong prefix, changed byte, too long, empty', async () => {
  const { token } = await make();
  const last = token.at(-1) === 'A' ? 'B' : 'A';
  for (const wrong of [
    '',
    'brd_',
    token.slice(4),
    `${token.slice(0, -1)}${last}`,
    `${token}x`,
    `brd_${'x'.repeat(5000)}`,
  ])
    expect(await authenticateToken(wrong)).toBeUndefined();
});

test('last use is written, at most once a minute', async () => {
  const { id, token } = await make();
  const used = async () => (await prisma().apiToken.findUniqueOrThrow({ where: { id } })).lastUsedAt?.getTime();
  const settle = () => new Promise((resolve) => setTimeout(resolve, 100));
  await authenticateToken(token);
  await settle();
  const first = await used();
  expect(first).toBeDefined();
  await authenticateToken(token);
  await settle();
  expect(await used()).toBe(first);
  const start = Date.now();
  clock.set(() => start + 61_000);
  await authenticateToken(token);
  await settle();
  expect(await used()).toBeGreaterThan(first ?? 0);
});

test('who may not manage tokens makes, sees and revokes none; a token can’t make a mightier one', async () => {
  const { id } = await make();
  for (const role of ['viewer', 'analyst', 'responder'] satisfies Role[]) {
    const ctx: Ctx = { actor: { kind: 'operator', id, name: 'somebody', role } };
    await expect(createToken(ctx, { name: 'x', scopes: ['read'] })).rejects.toMatchObject({
      code: 'access.denied',
    });
    await expect(revokeToken(ctx, { id })).rejects.toMatchObject({ code: 'access.denied' });
    await expect(listTokens(ctx, { limit: 10 })).rejects.toMatchObject({ code: 'access.denied' });
  }
  const reader: Ctx = { actor: { kind: 'token', id, name: 't', issuer: 'default', scopes: ['respond'] } };
  await expect(createToken(reader, { name: 'x', scopes: ['admin'] })).rejects.toMatchObject({
    code: 'access.denied',
  });
});
