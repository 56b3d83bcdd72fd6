import fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorise } from '@/lib/access/authorise';
import { endOperatorSession } from '@/lib/access/end-operator-session';
import { answer } from '@/lib/access/grants/answer';
import { ask } from '@/lib/access/grants/ask';
import { current } from '@/lib/access/grants/current';
import { end } from '@/lib/access/grants/end';
import { expire } from '@/lib/access/grants/expire';
import { list } from '@/lib/access/grants/list';
import { listActs } from '@/lib/access/grants/list-acts';
import { show } from '@/lib/access/grants/show';
import {
  as,
  cli,
  elevated,
  entered,
  mayRevoke,
  person,
  REASON,
  signedInAdmin,
} from '@/lib/access/grants/testing-grants';
import { PERMISSIONS, permissionsWith, ROLE_PERMISSIONS, ROLES, systemCtx } from '@/lib/access/model';
import { signOut } from '@/lib/access/sign-out';
import { updateOperator } from '@/lib/access/update-operator';
import { list as listAudit } from '@/lib/audit/list';
import { auditQuerySchema } from '@/lib/audit/model';
import { record } from '@/lib/audit/record';
import { seal } from '@/lib/audit/seal';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { verify } from '@/lib/decisions/verify';
import { ocsfAct, WRITTEN_AUDIT } from '@/lib/exports/audit-format';
import { clock } from '@/lib/platform/clock';

testDatabase();
const there = signedInAdmin();

test('asked, granted by another, held in that sign-in and no other, over to the millisecond', async () => {
  const analyst = await person('analyst');
  const [session, other] = [await entered(analyst), await entered(analyst)];
  const asked = await ask(await as(session), { role: 'responder', minutes: 15, reason: REASON });
  expect(asked).toMatchObject({ state: 'waiting', own: true, role: null, standing: 'analyst' });
  expect(await mayRevoke(session)).toBe(false);
  const row = await answer(await as(there.session), { id: asked.id, answer: 'grant', reason: 'yes' });
  expect(row).toMatchObject({ state: 'live', role: 'responder', answeredBy: there.admin.name });
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
    ['grant.give', there.admin.name],
    ['grant.expire', 'grants'],
  ]);
});

test('at any two instants around its end, and for any role, what holds is judged by the clock alone', async () => {
  const { session, until } = await elevated(there.session);
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
  ['ended early', async ({ id }) => end(await as(there.session), { id, reason: 'enough' }), 'ended_early'],
  ['signed out', ({ session }) => signOut(session), 'signed_out'],
  [
    'the sign-in ended by an administrator',
    async ({ session }) => endOperatorSession(await as(there.session), { id: session }),
    'signed_out',
  ],
  ['disabled', ({ analyst }) => updateOperator(cli, { id: analyst.id, state: 'disabled' }), 'disabled'],
  ['demoted', ({ analyst }) => updateOperator(cli, { id: analyst.id, role: 'viewer' }), 'role_changed'],
];

test.each(ENDS)('%s: over from the next request on, written down with how', async (_, by, endedHow) => {
  const held = await elevated(there.session);
  expect(await mayRevoke(held.session)).toBe(true);
  await by(held);
  expect(await mayRevoke(held.session)).toBe(false);
  expect(await show(await as(there.session), { id: held.id })).toMatchObject({ state: 'ended', endedHow });
  const ends = await prisma().auditEntry.findMany({ where: { targetId: held.id, action: 'grant.end' } });
  expect(ends.map((one) => one.detail)).toMatchObject([{ how: endedHow }]);
  if (endedHow === 'disabled') await updateOperator(cli, { id: held.analyst.id, state: 'active' });
  expect(await mayRevoke(await entered(held.analyst))).toBe(false); // a new sign-in brings nothing back
});

test('every act while it is held says under which grant, none before or after does, and the log is filtered by it', async () => {
  const { session, id } = await elevated(there.session);
  const act = async (name: string) => {
    const ctx = await as(session);
    await transaction((tx) => record(tx, ctx, { action: 'identity.annotate', target: { type: 'identity', id: name } }));
  };
  await act('one');
  await act('two');
  await end(await as(session), { id });
  await act('three');
  const acts = await listActs(await as(there.session), { id, limit: 2 });
  const rest = await listActs(await as(there.session), { id, cursor: acts.nextCursor! });
  expect([...acts.items, ...rest.items].map((one) => [one.action, one.targetId])).toEqual([
    ['identity.annotate', 'one'],
    ['identity.annotate', 'two'],
    ['grant.end', id],
  ]);
  const logged = await listAudit(await as(there.session), auditQuerySchema.parse({ grant: id }));
  expect(logged.items.map((one) => one.targetId)).toEqual([id, 'two', 'one']);
  expect((await current(await as(session))).grant).toMatchObject({ id, endedHow: 'given_back' });
});

test('what waits stands first, newest first in both parts, page by page without a gap', async () => {
  const reader = await as(there.session);
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

test('what an act was done under is sealed with it, and leaves with what is exported', async () => {
  const { session, id } = await elevated(there.session);
  await transaction(async (tx) => record(tx, await as(session), { action: 'identity.annotate' }));
  await seal();
  expect((await verify(systemCtx('test'))).ok).toBe(true);
  const logged = await listAudit(await as(there.session), auditQuerySchema.parse({ grant: id }));
  const cells = WRITTEN_AUDIT.csv.cells(logged.items[0]!);
  expect(cells[WRITTEN_AUDIT.csv.header.indexOf('grant_id')]).toBe(id);
  expect(ocsfAct(logged.items[0]!)).toMatchObject({ unmapped: { braid: { grantId: id } } });
  await prisma().auditEntry.updateMany({ where: { grantId: id }, data: { grantId: null } });
  expect((await verify(systemCtx('test'))).ok).toBe(false);
});
