import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answer } from '@/lib/access/grants/answer';
import { ask } from '@/lib/access/grants/ask';
import { countWaiting } from '@/lib/access/grants/count-waiting';
import { end } from '@/lib/access/grants/end';
import { expire } from '@/lib/access/grants/expire';
import { list } from '@/lib/access/grants/list';
import { ASKABLE, MINUTES } from '@/lib/access/grants/model';
import { show } from '@/lib/access/grants/show';
import {
  as,
  cli,
  elevated,
  entered,
  mayRevoke,
  PASSWORD,
  person,
  REASON,
  signedInAdmin,
} from '@/lib/access/grants/testing-grants';
import { above, type Ctx, may } from '@/lib/access/model';
import { signOut } from '@/lib/access/sign-out';
import { updateOperator } from '@/lib/access/update-operator';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

testDatabase();
const there = signedInAdmin();

test('nobody answers their own: not in person, not by what they hold for a time; a token grants nothing', async () => {
  const { session, id, analyst } = await elevated(there.session, 'admin');
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
      const done = answer(await as(there.session), {
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
  const latest = await answer(await as(await entered(there.admin)), { id: late.id, answer: 'grant', reason: 'yes' });
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
  await expect(answer(await as(there.session), { id, answer: 'decline', reason: 'not now' })).resolves.toMatchObject({
    state: 'declined',
  });
  await expect(answer(await as(there.session), { id, answer: 'grant', reason: 'yes' })).rejects.toMatchObject({
    code: 'approval.answered',
  });
  expect(await mayRevoke(session)).toBe(false);
  const again = await want('responder')();
  await signOut(session);
  await expect(answer(await as(there.session), { id: again.id, answer: 'grant', reason: 'yes' })).rejects.toMatchObject(
    {
      code: 'approval.answered',
    },
  );
  // Nobody answered while the sign-in lasted.
  const next = await entered(analyst);
  const left = await ask(await as(next), { role: 'responder', minutes: 60, reason: REASON });
  clock.set(() => Date.parse(left.lapsesAt));
  await expire();
  clock.set();
  expect(await show(await as(there.session), { id: left.id })).toMatchObject({ state: 'ended', endedHow: 'lapsed' });
});

test('granting wants a fresh sign-in, or the password again', async () => {
  const session = await entered(await person('analyst'));
  const { id } = await ask(await as(session), { role: 'responder', minutes: 60, reason: REASON });
  const long = new Date(clock.ms() - 11 * 60_000);
  await prisma().operatorSession.update({ where: { id: there.session }, data: { createdAt: long } });
  const admin = await as(there.session);
  const given = { id, answer: 'grant', reason: 'agreed' } as const;
  await expect(answer(admin, given)).rejects.toMatchObject({ code: 'access.confirm' });
  await expect(answer(admin, { ...given, password: 'not it, not it' })).rejects.toMatchObject({
    code: 'access.confirm',
  });
  expect(await mayRevoke(session)).toBe(false);
  await answer(admin, { ...given, password: PASSWORD });
  expect(await mayRevoke(session)).toBe(true);
});

test('who may grant is told, and sees how many wait: not who asked, and not who may not', async () => {
  const channel = { id: newId(), name: 'on call', kind: 'webhook', config: {}, state: 'enabled', createdBy: 'test' };
  await prisma().notificationChannel.create({ data: channel });
  const route = { id: newId(), channelId: channel.id, match: { events: ['grant.asked'] }, createdBy: 'test' };
  await prisma().notificationRoute.create({ data: route });
  const session = await entered(await person('analyst'));
  const before = await countWaiting(await as(there.session));
  const { id } = await ask(await as(session), { role: 'responder', minutes: 60, reason: REASON });
  expect(await countWaiting(await as(there.session))).toBe(before + 1);
  expect(await countWaiting(await as(session))).toBe(0);
  const told = await prisma().notice.findFirst({ where: { targetId: id } });
  expect(told).toMatchObject({ event: 'grant.asked', body: { path: `/settings/grants/${id}`, summary: REASON } });
});
