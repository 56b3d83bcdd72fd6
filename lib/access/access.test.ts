import { beforeAll, expect, test } from 'vitest';
import { changeOwnPassword } from '@/lib/access/change-own-password';
import { createOperator } from '@/lib/access/create-operator';
import { endOperatorSession } from '@/lib/access/end-operator-session';
import { findOperatorSession } from '@/lib/access/find-operator-session';
import { listOperators } from '@/lib/access/list-operators';
import { listOwnSessions } from '@/lib/access/list-own-sessions';
import { type Ctx, type OperatorRow, ROLES, type Role } from '@/lib/access/model';
import { signIn } from '@/lib/access/sign-in';
import { signOut } from '@/lib/access/sign-out';
import { updateOperator } from '@/lib/access/update-operator';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';

testDatabase();

const PASSWORD = 'a long enough password';
const cli: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
let next = 0;

async function made(role: Role): Promise<OperatorRow & { ctx: Ctx }> {
  next += 1;
  const input = { email: `Person${next}@Example.com`, name: `Person ${next}`, role, password: PASSWORD };
  const row = await createOperator(cli, input);
  return { ...row, ctx: { actor: { kind: 'operator', id: row.id, name: row.name, role } } };
}

const enter = (email: string, password = PASSWORD, ip = `10.0.0.${next}`) => signIn({ input: { email, password }, ip });

let admin: Awaited<ReturnType<typeof made>>;
beforeAll(async () => {
  admin = await made('admin');
});

test('an operator signs in with any case of the e-mail, and the session names them and their role', async () => {
  const person = await made('responder');
  const id = await enter(person.email.toUpperCase());
  const ctx = await findOperatorSession(id);
  expect(ctx?.actor).toEqual({ kind: 'operator', id: person.id, name: person.name, role: 'responder' });
  expect((await listOwnSessions(person.ctx, id)).map((row) => row.current)).toEqual([true]);
  await signOut(id);
  expect(await findOperatorSession(id)).toBeUndefined();
});

test('a wrong password, an unknown e-mail and a disabled operator are refused with one and the same answer', async () => {
  const person = await made('viewer');
  await updateOperator(cli, { id: person.id, state: 'disabled' });
  const refusals = [
    enter(person.email, 'not it, not it', '10.1.0.1'),
    enter('nobody@example.com', PASSWORD, '10.1.0.2'),
    enter(person.email, PASSWORD, '10.1.0.3'),
    enter('not an e-mail', PASSWORD, '10.1.0.4'),
  ];
  const messages = await Promise.all(refusals.map((refusal) => refusal.catch((error: Error) => error.message)));
  expect(new Set(messages)).toEqual(new Set(['E-mail or password is not right.']));
});

test('the sixth attempt from one address is not looked at, even with the right password; another address may', async () => {
  const person = await made('viewer');
  for (let i = 0; i < 5; i += 1)
    await expect(enter(person.email, 'wrong wrong', '10.2.0.1')).rejects.toThrow('not right');
  await expect(enter(person.email, PASSWORD, '10.2.0.1')).rejects.toMatchObject({ code: 'access.rate_limited' });
  expect(await enter(person.email, PASSWORD, '10.2.0.2')).toBeTruthy();
});

test('a session is over after 12 hours, by the clock and not by the cookie', async () => {
  const person = await made('viewer');
  const id = await enter(person.email);
  const start = Date.now();
  clock.set(() => start + 11.9 * 3_600_000);
  expect(await findOperatorSession(id)).toBeDefined();
  clock.set(() => start + 12.1 * 3_600_000);
  expect(await findOperatorSession(id)).toBeUndefined();
  clock.set();
});

test('disabling ends every session at once, a new role binds at the next call, and both are in the audit log', async () => {
  const person = await made('viewer');
  const [a, b] = [await enter(person.email), await enter(person.email)];
  await updateOperator(admin.ctx, { id: person.id, role: 'responder' });
  expect((await findOperatorSession(a))?.actor.role).toBe('responder');
  await updateOperator(admin.ctx, { id: person.id, state: 'disabled' });
  expect(await findOperatorSession(a)).toBeUndefined();
  expect(await findOperatorSession(b)).toBeUndefined();
  await updateOperator(admin.ctx, { id: person.id, state: 'active' });
  expect(await findOperatorSession(a)).toBeUndefined(); // an ended session never lives again
  const entries = await prisma().auditEntry.findMany({ where: { targetId: person.id }, orderBy: { id: 'asc' } });
  expect(entries.map((entry) => entry.action)).toEqual([
    'operator.create',
    'operator.sign_in',
    'operator.sign_in',
    'operator.update',
    'operator.disable',
    'operator.enable',
  ]);
  expect(entries[4]).toMatchObject({ actorName: admin.name, detail: { sessionsEnded: 2 } });
});

test('the last active administrator can be neither disabled nor demoted, also by two at once', async () => {
  const second = await made('admin');
  const both = await Promise.allSettled([
    updateOperator(second.ctx, { id: admin.id, state: 'disabled' }),
    updateOperator(admin.ctx, { id: second.id, role: 'viewer' }),
  ]);
  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await prisma().operator.count({ where: { role: 'admin', state: 'active' } })).toBe(1);
  await updateOperator(cli, { id: admin.id, state: 'active', role: 'admin' });
  await updateOperator(cli, { id: second.id, role: 'viewer' });
  await expect(updateOperator(cli, { id: admin.id, role: 'viewer' })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect((await prisma().operator.findUnique({ where: { id: admin.id } }))?.role).toBe('admin');
});

test('only an administrator manages operators; everybody else is refused and nothing changes', async () => {
  const before = await prisma().operator.count();
  for (const role of ROLES.filter((name) => name !== 'admin')) {
    const ctx: Ctx = { actor: { kind: 'operator', id: admin.id, name: 'somebody', role } };
    const input = { email: 'new@example.com', name: 'New', role: 'admin' as const, password: PASSWORD };
    const denied = { code: 'access.denied' };
    await expect(createOperator(ctx, input)).rejects.toMatchObject(denied);
    await expect(updateOperator(ctx, { id: admin.id, role: 'viewer' })).rejects.toMatchObject(denied);
    await expect(listOperators(ctx, { limit: 10 })).rejects.toMatchObject(denied);
  }
  expect(await prisma().operator.count()).toBe(before);
});

test('an e-mail belongs to one operator, and a list never shows a hash', async () => {
  const person = await made('viewer');
  const again = { email: person.email, name: 'Again', role: 'viewer' as const, password: PASSWORD };
  await expect(createOperator(cli, again)).rejects.toMatchObject({ code: 'conflict' });
  const first = await listOperators(admin.ctx, { limit: 2 });
  const rest = await listOperators(admin.ctx, { limit: 200, cursor: first.nextCursor ?? undefined });
  const ids = [...first.items, ...rest.items].map((row) => row.id);
  expect(new Set(ids).size).toBe(await prisma().operator.count());
  expect(JSON.stringify([first, rest])).not.toContain('argon2');
});

test('changing the password needs the present one, keeps this session and ends the others', async () => {
  const person = await made('viewer');
  const [kept, other] = [await enter(person.email), await enter(person.email)];
  const input = { current: 'not it, not it', next: 'another long password' };
  await expect(changeOwnPassword(person.ctx, input)).rejects.toMatchObject({ code: 'access.denied' });
  expect(await findOperatorSession(other)).toBeDefined();
  const right = { ...input, current: PASSWORD };
  expect(await changeOwnPassword(person.ctx, right, kept)).toEqual({ sessionsEnded: 1 });
  expect(await findOperatorSession(kept)).toBeDefined();
  expect(await findOperatorSession(other)).toBeUndefined();
  await expect(enter(person.email)).rejects.toThrow('not right');
  expect(await enter(person.email, 'another long password')).toBeTruthy();
});

test('one ends one’s own session; somebody else’s is not found, unless one manages operators', async () => {
  const [person, stranger] = [await made('viewer'), await made('responder')];
  const [a, b] = [await enter(person.email), await enter(person.email)];
  await expect(endOperatorSession(stranger.ctx, { id: a })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(await findOperatorSession(a)).toBeDefined();
  await endOperatorSession(person.ctx, { id: a });
  await endOperatorSession(admin.ctx, { id: b });
  expect(await findOperatorSession(a)).toBeUndefined();
  expect(await findOperatorSession(b)).toBeUndefined();
});
