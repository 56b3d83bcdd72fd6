import { afterEach, expect, test } from 'vitest';
import { checkSetupLink } from '@/lib/access/check-setup-link';
import { ensureFirstOperator } from '@/lib/access/ensure-first-operator';
import { signIn } from '@/lib/access/sign-in';
import { useSetupLink as spend } from '@/lib/access/use-setup-link';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';

testDatabase();

const PASSWORD = 'a long enough password';
const linkToken = async () => new URL((await ensureFirstOperator()).setupUrl ?? '').searchParams.get('token') ?? '';
const input = (token: string, email = 'first@example.com') => ({ token, email, name: 'First', password: PASSWORD });

afterEach(async () => {
  clock.set();
  await prisma().operator.deleteMany();
  await prisma().setupLink.deleteMany();
});

test('a set-up link makes the first administrator once', async () => {
  const token = await linkToken();
  expect(await checkSetupLink(token)).toBe(true);
  const made = await spend({ input: input(token) });
  expect(await signIn({ input: { email: 'first@example.com', password: PASSWORD }, ip: '10.9.0.1' })).toBeTruthy();
  expect(await prisma().operator.findMany({ select: { id: true, role: true } })).toEqual([
    { id: made.id, role: 'admin' },
  ]);
  expect(await checkSetupLink(token)).toBe(false);
  await expect(spend({ input: input(token, 'second@example.com') })).rejects.toMatchObject({ code: 'access.denied' });
  expect(await ensureFirstOperator()).toEqual({});
});

test('of many who use one link at the same moment, one gets in', async () => {
  const token = await linkToken();
  const all = await Promise.allSettled([1, 2, 3, 4].map((n) => spend({ input: input(token, `p${n}@example.com`) })));
  expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  expect(await prisma().operator.count()).toBe(1);
});

test('a link dies after 24 hours, by a newer one, and is stored only as a hash', async () => {
  const old = await linkToken();
  const token = await linkToken();
  expect(await checkSetupLink(old)).toBe(false);
  expect(JSON.stringify(await prisma().setupLink.findMany())).not.toContain(token);
  const start = Date.now();
  clock.set(() => start + 24.1 * 3_600_000);
  await expect(spend({ input: input(token) })).rejects.toMatchObject({ code: 'access.denied' });
  expect(await prisma().operator.count()).toBe(0);
});

test('a short password is refused and the link can be used again', async () => {
  const token = await linkToken();
  await expect(spend({ input: { ...input(token), password: 'short' } })).rejects.toThrow('10 characters');
  expect(await checkSetupLink(token)).toBe(true);
});
