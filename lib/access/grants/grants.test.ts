import fc from 'fast-check';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { authorise } from '@/lib/access/authorise';
import { createOperator } from '@/lib/access/create-operator';
import { endOperatorSession } from '@/lib/access/end-operator-session';
import { findOperatorSession, type OperatorSessionCtx } from '@/lib/access/find-operator-session';
import { answer } from '@/lib/access/grants/answer';
import { ask } from '@/lib/access/grants/ask';
import { current } from '@/lib/access/grants/current';
import { end } from '@/lib/access/grants/end';
import { expire } from '@/lib/access/grants/expire';
import { list } from '@/lib/access/grants/list';
import { listActs } from '@/lib/access/grants/list-acts';
import { ASKABLE, MINUTES } from '@/lib/access/grants/model';
import { show } from '@/lib/access/grants/show';
import {
  above,
  type Ctx,
  may,
  PERMISSIONS,
  permissionsWith,
  ROLE_PERMISSIONS,
  ROLES,
  type Role,
} from '@/lib/access/model';
import { signIn } from '@/lib/access/sign-in';
import { signOut } from '@/lib/access/sign-out';
import { updateOperator } from '@/lib/access/update-operator';
import { list as listAudit } from '@/lib/audit/list';
import { auditQuerySchema } from '@/lib/audit/model';
import { record } from '@/lib/audit/record';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';

testDatabase();

const PASSWORD = 'a long enough password';
const cli: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const REASON = 'the night shift is ill';
let made = 0;

interface Person {
  id: string;
  email: string;
  name: string;
}

async function person(role: Role): Promise<Person> {
  made += 1;
  return createOperator(cli, { email: `p${made}@example.com`, name: `Person ${made}`, role, password: PASSWORD });
}

/** Their console session, as it stands now. */
const entered = ({ email }: Person) => {
  made += 1;
  return signIn({ input: { email, password: PASSWORD }, ip: `10.1.${made >> 8}.${made & 255}` });
};
const as = async (session: string): Promise<OperatorSessionCtx> => (await findOperatorSession(session))!;
const mayRevoke = async (session: string): Promise<boolean> => {
  const ctx = await findOperatorSession(session);
  return ctx !== undefined && may(ctx.actor, 'identity.revoke');
};

let admin: Person;
let adminSession: string;
beforeAll(async () => {
  admin = await person('admin');
});
beforeEach(async () => {
  clock.set();
  adminSession = await entered(admin);
});

/** An analyst who is a responder for an hour. */
async function elevated(role: 'responder' | 'admin' = 'responder') {
  const analyst = await person('analyst');
  const session = await entered(analyst);
  const { id } = await ask(await as(session), { role, minutes: 60, reason: REASON });
  const row = await answer(await as(adminSession), { id, answer: 'grant', reason: 'agreed on the phone' });
  return { analyst, session, id, until: Date.parse(row.until!) };
}

test('asked, granted by another, held in that sign-in and no other, over to the millisecond', async () => {
  const analyst = await person('analyst');
  const [session, other] = [await entered(analyst), await entered(analyst)];
  const asked = await ask(await as(session), { role: 'responder', minutes: 15, reason: REASON });
  expect(asked).toMatchObject({ state: 'waiting', own: true, role: null, standing: 'analyst' });
  expect(await mayRevoke(session)).toBe(false);
  const row = await answer(await as(adminSession), { id: asked.id, answer: 'grant', reason: 'yes' });
  expect(row).toMatchObject({ state: 'live', role: 'responder', answeredBy: admin.name });
  const until = Date.parse(row.until!);
  expect(until - Date.parse(row.answeredAt!)).toBe(15 * 60_000);
  expect([await mayRevoke(session), await mayRevoke(other)]).toEqual([true, false]);
  clock.set(() => until - 1);
  expect(await mayRevoke(session)).toBe(true);
  const before = await as(session);
  clock.set(() => until);
  expect(await mayRevoke(session)).toBe(false);
  // A request that had begun before sees it over, too, and is told so.
  expect(() => authorise(before, 'identity.revoke')).toThrow('is over');
  expect(() => authorise(before, 'finding.write')).not.toThrow();
  expect((await show(before, { id: asked.id })).state).toBe('ended'); // nobody has written it down yet
  expect(await expire()).toBe(1);
  expect(await expire()).toBe(0);
  expect(await show(before, { id: asked.id })).toMatchObject({ endedHow: 'expired', endedAt: row.until });
  const actions = await prisma().auditEntry.findMany({ where: { targetId: asked.id }, orderBy: { id: 'asc' } });
  expect(actions.map((one) => [one.action, one.actorName])).toEqual([
    ['grant.ask', analyst.name],
    ['grant.give', admin.name],
    ['grant.expire', 'grants'],
  ]);
});

test('at any two instants around its end, and for any role, what holds is judged by the clock alone', async () => {
  const { session, until } = await elevated();
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: -3_600_000, max: 3_600_000 }), async (offset) => {
      clock.set(() => until + offset);
      expect(await mayRevoke(session)).toBe(offset < 0);
    }),
    { numRuns: 60 },
  );
  for (const own of ROLES)
    for (const role of ROLES) {
      const given = permissionsWith(own, role);
      // Never less than one's own, never more than the granted role's, and nothing by which it would outlive its time.
      expect(given).toEqual(expect.arrayContaining([...ROLE_PERMISSIONS[own]]));
      for (const one of PERMISSIONS) {
        const both = ROLE_PERMISSIONS[own].includes(one) || ROLE_PERMISSIONS[role].includes(one);
        if (given.includes(one)) expect(both).toBe(true);
      }
      if (own !== 'admin') expect(given.some((one) => one === 'operator.manage' || one === 'token.manage')).toBe(false);
    }
});

type Elevated = Awaited<ReturnType<typeof elevated>>;
const ENDS: [how: string, by: (held: Elevated) => Promise<unknown>, endedHow: string][] = [
  ['given back', async ({ session, id }) => end(await as(session), { id }), 'given_back'],
  ['ended early', async ({ id }) => end(await as(adminSession), { id, reason: 'enough' }), 'ended_early'],
  ['signed out', ({ session }) => signOut(session), 'signed_out'],
  [
    'the sign-in ended by an administrator',
    async ({ session }) => endOperatorSession(await as(adminSession), { id: session }),
    'signed_out',
  ],
  ['disabled', ({ analyst }) => updateOperator(cli, { id: analyst.id, state: 'disabled' }), 'disabled'],
  ['demoted', ({ analyst }) => updateOperator(cli, { id: analyst.id, role: 'viewer' }), 'role_changed'],
];

test.each(ENDS)('%s: over from the next request on, written down with how', async (_, by, endedHow) => {
  const held = await elevated();
  expect(await mayRevoke(held.session)).toBe(true);
  await by(held);
  expect(await mayRevoke(held.session)).toBe(false);
  expect(await show(await as(adminSession), { id: held.id })).toMatchObject({ state: 'ended', endedHow });
  const ends = await prisma().auditEntry.findMany({ where: { targetId: held.id, action: 'grant.end' } });
  expect(ends.map((one) => one.detail)).toMatchObject([{ how: endedHow }]);
  if (endedHow === 'disabled') await updateOperator(cli, { id: held.analyst.id, state: 'active' });
  expect(await mayRevoke(await entered(held.analyst))).toBe(false); // a new sign-in brings nothing back
});

test('nobody answers their own: not in person, not by what they hold for a time; a token grants nothing', async () => {
  const { session, id, analyst } = await elevated('admin');
  const holder = await as(session);
  expect(may(holder.actor, 'connector.manage')).toBe(true);
  await expect(answer(holder, { id, answer: 'grant', reason: 'it is me' })).rejects.toMatchObject({
    code: 'access.denied',
  });
  await expect(updateOperator(holder, { id: analyst.id, role: 'admin' })).rejects.toMatchObject({
    code: 'access.denied',
  });
  // One who asked as an analyst and is an administrator by now.
  const [second, own] = [await person('analyst'), async () => entered(second)];
  const theirs = await own();
  const asked = await ask(await as(theirs), { role: 'admin', minutes: 60, reason: REASON });
  await prisma().operator.update({ where: { id: second.id }, data: { role: 'admin' } });
  await expect(answer(await as(theirs), { id: asked.id, answer: 'grant', reason: 'it is me' })).rejects.toMatchObject({
    code: 'approval.own',
  });
  await expect(
    answer(await as(await own()), { id: asked.id, answer: 'decline', reason: 'it is me' }),
  ).rejects.toMatchObject({
    code: 'approval.own',
  });
  const token: Ctx = { actor: { kind: 'token', id: asked.id, name: 't', scopes: ['admin'], issuer: 'default' } };
  await expect(answer(token, { id: asked.id, answer: 'grant', reason: 'yes' })).rejects.toMatchObject({
    code: 'approval.own',
  });
  await expect(ask(token, { role: 'admin', minutes: 60, reason: REASON })).rejects.toMatchObject({
    code: 'access.denied',
  });
  await prisma().operator.update({ where: { id: second.id }, data: { role: 'viewer' } });
});

test('never a higher role and never longer than was asked for; less may be granted, for as long as the sign-in lasts', async () => {
  const asks = fc.record({
    asked: fc.constantFrom(...ASKABLE),
    given: fc.constantFrom(...ASKABLE),
    minutes: fc.integer({ min: MINUTES.least, max: MINUTES.most }),
    granted: fc.integer({ min: MINUTES.least, max: MINUTES.most }),
  });
  const viewer = await person('viewer');
  const session = await entered(viewer);
  await fc.assert(
    fc.asyncProperty(asks, async ({ asked, given, minutes, granted }) => {
      const { id } = await ask(await as(session), { role: asked, minutes, reason: REASON });
      const done = answer(await as(adminSession), {
        id,
        answer: 'grant',
        reason: 'yes',
        role: given,
        minutes: granted,
      });
      const tooMuch = above(given, asked) || granted > minutes;
      if (tooMuch) await expect(done).rejects.toMatchObject({ code: 'input.invalid' });
      else expect(await done).toMatchObject({ role: given, state: 'live' });
      expect((await as(session)).actor.grant?.role).toBe(tooMuch ? undefined : given);
      await end(await as(session), { id });
    }),
    { numRuns: 25 },
  );
  clock.set(() => Date.now() + 11 * 3_600_000);
  const late = await ask(await as(session), { role: 'analyst', minutes: 480, reason: REASON });
  const latest = await answer(await as(await entered(admin)), { id: late.id, answer: 'grant', reason: 'yes' });
  expect(latest.until).toBe(late.lapsesAt);
});

test('who was demoted meanwhile grants nothing, and what they had granted is over with it', async () => {
  const second = await person('admin');
  const theirs = await entered(second);
  const analyst = await person('analyst');
  const session = await entered(analyst);
  const { id } = await ask(await as(session), { role: 'responder', minutes: 60, reason: REASON });
  const stale = await as(theirs);
  await updateOperator(cli, { id: second.id, role: 'viewer' });
  await expect(answer(stale, { id, answer: 'grant', reason: 'yes' })).rejects.toMatchObject({ code: 'access.denied' });
  expect(await mayRevoke(session)).toBe(false);
  await updateOperator(cli, { id: second.id, role: 'admin' });
  await answer(await as(theirs), { id, answer: 'grant', reason: 'yes' });
  expect(await mayRevoke(session)).toBe(true);
  // At once with the demotion: either order, nothing they granted outlives it.
  await updateOperator(cli, { id: second.id, role: 'analyst' });
  expect(await mayRevoke(session)).toBe(false);
  expect(await show(stale, { id })).toMatchObject({ endedHow: 'granter_left' });
});

test('granting and demoting at the same moment leave nothing held on the word of one who may not', async () => {
  for (let round = 0; round < 5; round += 1) {
    const second = await person('admin');
    const theirs = await as(await entered(second));
    const session = await entered(await person('analyst'));
    const { id } = await ask(await as(session), { role: 'responder', minutes: 60, reason: REASON });
    await Promise.allSettled([
      answer(theirs, { id, answer: 'grant', reason: 'yes' }),
      updateOperator(cli, { id: second.id, role: 'viewer' }),
    ]);
    expect(await mayRevoke(session)).toBe(false);
  }
});

test('one at a time, for what one is not already, while signed in, and where somebody else may grant it', async () => {
  const analyst = await person('analyst');
  const session = await entered(analyst);
  const want = (role: 'analyst' | 'responder') => async () =>
    ask(await as(session), { role, minutes: 60, reason: REASON });
  await expect(want('analyst')()).rejects.toMatchObject({ code: 'conflict' });
  const both = await Promise.allSettled([want('responder')(), want('responder')()]);
  expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  const { items } = await list(await as(session), { operatorId: analyst.id });
  const { id } = items[0]!;
  await expect(answer(await as(adminSession), { id, answer: 'decline', reason: 'not now' })).resolves.toMatchObject({
    state: 'declined',
  });
  await expect(answer(await as(adminSession), { id, answer: 'grant', reason: 'yes' })).rejects.toMatchObject({
    code: 'approval.answered',
  });
  expect(await mayRevoke(session)).toBe(false);
  const again = await want('responder')();
  await signOut(session);
  await expect(answer(await as(adminSession), { id: again.id, answer: 'grant', reason: 'yes' })).rejects.toMatchObject({
    code: 'approval.answered',
  });
  // Nobody answered while the sign-in lasted.
  const next = await entered(analyst);
  const left = await ask(await as(next), { role: 'responder', minutes: 60, reason: REASON });
  clock.set(() => Date.parse(left.lapsesAt));
  await expire();
  clock.set();
  expect(await show(await as(adminSession), { id: left.id })).toMatchObject({ state: 'ended', endedHow: 'lapsed' });
});

test('every act while it is held says under which grant, none before or after does, and the log is filtered by it', async () => {
  const { session, id } = await elevated();
  const act = async (name: string) => {
    const ctx = await as(session);
    await transaction((tx) => record(tx, ctx, { action: 'identity.revoke', target: { type: 'identity', id: name } }));
  };
  await act('one');
  await act('two');
  await end(await as(session), { id });
  await act('three');
  const acts = await listActs(await as(adminSession), { id, limit: 2 });
  const rest = await listActs(await as(adminSession), { id, cursor: acts.nextCursor! });
  expect([...acts.items, ...rest.items].map((one) => [one.action, one.targetId])).toEqual([
    ['identity.revoke', 'one'],
    ['identity.revoke', 'two'],
    ['grant.end', id],
  ]);
  const logged = await listAudit(await as(adminSession), auditQuerySchema.parse({ grant: id }));
  expect(logged.items.map((one) => one.targetId)).toEqual([id, 'two', 'one']);
  expect((await current(await as(session))).grant).toMatchObject({ id, endedHow: 'given_back' });
});

test('what waits stands first, newest first in both parts, page by page without a gap', async () => {
  const reader = await as(adminSession);
  const waits: string[] = [];
  for (let i = 0; i < 3; i += 1) {
    const session = await entered(await person('viewer'));
    waits.unshift((await ask(await as(session), { role: 'analyst', minutes: 30, reason: REASON })).id);
  }
  const seen: { id: string; state: string }[] = [];
  let cursor: string | undefined;
  do {
    const page = await list(reader, { limit: 2, cursor });
    seen.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  expect(new Set(seen.map((one) => one.id)).size).toBe(await prisma().accessGrant.count());
  expect(seen.slice(0, 3).map((one) => one.id)).toEqual(waits);
  const rest = seen.map((one) => one.state).lastIndexOf('waiting') + 1;
  const others = seen.slice(rest).map((one) => one.id);
  expect(others).toEqual([...others].sort().reverse());
  expect((await list(reader, { state: 'waiting', limit: 200 })).items).toHaveLength(rest);
});
