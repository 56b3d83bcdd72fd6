import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { allot } from '@/lib/allotments/allot';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, applyTestPolicies, ask, token } from '@/lib/decisions/testing-ask';
import { settle } from '@/lib/exposures/settle';
import { show } from '@/lib/exposures/show';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { endMinimumSet } from '@/lib/replay/end-minimum-set';
import { giveBack } from '@/lib/replay/give-back';
import { minimumSet } from '@/lib/replay/minimum-set';
import { fewest } from '@/lib/replay/minimum-set-state';
import { endsHow } from '@/lib/revocations/ends-how';
import { request } from '@/lib/revocations/request';

testDatabase();
beforeAll(applyTestPolicies);

/** Every subset, the plain way. */
function bruteForce(backs: bigint[], missing: bigint): { size: number; back: bigint } | null {
  let best: { size: number; back: bigint } | null = null;
  for (let set = 0; set < 1 << backs.length; set++) {
    const taken = backs.filter((_, bit) => set & (1 << bit));
    const back = taken.reduce((sum, one) => sum + one, 0n);
    if (back < missing) continue;
    if (!best || taken.length < best.size || (taken.length === best.size && back < best.back))
      best = { size: taken.length, back };
  }
  return best;
}

describe('F9: the minimum set', () => {
  test('is as small as any that gives back enough, and gives back least of those', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 30n }), { maxLength: 9 }),
        fc.bigInt({ min: 1n, max: 90n }),
        (backs, missing) => {
          const found = fewest(
            backs.map((back, index) => ({ sessionId: String(index), back })),
            missing,
          );
          const best = bruteForce(backs, missing);
          expect(found && { size: found.sessionIds.length, back: found.back }).toEqual(best);
          if (found) expect(found.exact).toBe(true);
        },
      ),
    );
  });

  test('of sets as small: most ended by themselves, soonest proven, least beside it, least beyond what is missing', () => {
    const reaches = ['session', 'credential', 'identity', 'role'] as const;
    const slow = (ms: number | null) => (ms === null ? 3 : ms <= 1_000 ? 0 : ms <= 10_000 ? 1 : ms <= 60_000 ? 2 : 3);
    const one = fc.record({
      back: fc.bigInt({ min: 1n, max: 9n }),
      canEnd: fc.boolean(),
      endsInMs: fc.option(fc.constantFrom(5, 900, 5_000, 30_000, 90_000), { nil: null }),
      reach: fc.constantFrom(...reaches),
    });
    const costOf = (taken: { back: bigint; canEnd: boolean; endsInMs: number | null; reach: string }[]) => [
      taken.length,
      taken.filter((each) => !each.canEnd).length,
      Math.max(...taken.map((each) => slow(each.endsInMs))),
      Math.max(...taken.map((each) => reaches.indexOf(each.reach as 'session'))),
      Number(taken.reduce((sum, each) => sum + each.back, 0n)),
    ];
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 8 }), fc.bigInt({ min: 1n, max: 30n }), (all, missing) => {
        const costs: number[][] = [];
        for (let set = 1; set < 1 << all.length; set++) {
          const taken = all.filter((_, bit) => set & (1 << bit));
          if (taken.reduce((sum, each) => sum + each.back, 0n) >= missing) costs.push(costOf(taken));
        }
        costs.sort((a, b) => a.map((part, at) => part - b[at]!).find((part) => part !== 0) ?? 0);
        const found = fewest(
          all.map((each, index) => ({ ...each, sessionId: String(index) })),
          missing,
        );
        expect(found && costOf(found.sessionIds.map((id) => all[Number(id)]!))).toEqual(costs[0] ?? null);
      }),
    );
    // With more than can be looked through, equal ones are told apart all the same.
    const many = Array.from({ length: 20 }, (_, index) => ({
      sessionId: String(index),
      back: 5n,
      canEnd: index > 9,
      endsInMs: index === 15 ? 10 : 20_000,
    }));
    expect(fewest(many, 6n)!.sessionIds[0]).toBe('15');
  });

  test('beyond what can be looked through it takes the largest first, and says so', () => {
    const many = Array.from({ length: 40 }, (_, index) => ({ sessionId: String(index), back: BigInt(index) }));
    expect(fewest(many, 77n)).toEqual({ sessionIds: ['39', '38'], back: 77n, exact: false });
    expect(fewest(many, 10_000n)).toBeNull();
  });

  test('what is held comes back with the session that holds it, and then the refused request fits', async () => {
    const call = (session: string, cost: number) =>
      ask({ subject: 'agent-7', action: 'tool.call', session: { id: session }, context: { cost } });
    await call('a', 20);
    await call('b', 45);
    await call('c', 30);
    expect(await call('d', 40)).toMatchObject({ decision: false });
    const exposure = (await show(admin, { meter: 'spend' })).items[0]!;
    const found = await minimumSet(admin, { exposureId: exposure.id, need: '4000' });
    expect(found).toMatchObject({ standing: '9500', missing: '3500', exact: true, back: '4500', freeAt: null });
    expect(found.sessions.find((one) => one.sessionId === found.minimum![0])).toMatchObject({ label: 'b', stays: '0' });
    await request(admin, { kind: 'terminate', sessionIds: found.minimum!, reasonCode: 'test', reason: 'test' });
    expect(await giveBack(admin, { sessionIds: found.minimum! })).toEqual({ released: 1 });
    expect(await call('d', 40)).toMatchObject({ decision: true });
    expect(await call('b', 1)).toMatchObject({ decision: false, reason: 'session_terminated' });
  });

  test('the set is ended in one act: below a level again, what several hold is given back, and a dry run changes nothing', async () => {
    const call = (session: string, cost: number) =>
      ask({ subject: 'agent-one-act', action: 'tool.call', session: { id: session }, context: { cost } });
    for (const [session, cost] of [
      ['a', 35],
      ['b', 30],
      ['c', 20],
    ] as const)
      await call(session, cost);
    const exposureId = (await show(admin, { meter: 'spend' })).items.find((one) => one.keyName === 'agent-one-act')!.id;
    const found = await minimumSet(admin, { exposureId, below: 50 });
    // 85 of 100 stand; below 50 is at most 49.99.
    expect(found).toMatchObject({ need: '5001', missing: '3501', back: '5000' });
    expect(found.minimum).toHaveLength(2);
    expect(found.sessions[0]).toMatchObject({
      canEnd: true,
      why: null,
      where: 'Decision point',
      endsInMs: expect.any(Number),
      reach: 'session',
    });
    expect(await endMinimumSet(admin, { exposureId, below: 50, dryRun: true })).toMatchObject({
      eligible: 2,
      dryRun: true,
    });
    expect(await endMinimumSet(admin, { exposureId, all: true, dryRun: true })).toMatchObject({
      eligible: 3,
      back: '8500',
    });
    expect(await minimumSet(admin, { exposureId })).toMatchObject({ standing: '8500' });
    const done = await endMinimumSet(admin, { exposureId, below: 50, reason: 'near its limit' });
    expect(done).toMatchObject({ eligible: 2, skipped: 0, left: 0, back: '5000' });
    expect(done.rows.map((row) => row.id).sort()).toEqual([...found.minimum!].sort());
    expect(await minimumSet(admin, { exposureId })).toMatchObject({ standing: '3500', missing: '0' });
    await expect(endMinimumSet(admin, { exposureId, below: 50 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(endMinimumSet(admin, { exposureId: newId() })).rejects.toMatchObject({ code: 'not_found' });
    expect(await call('a', 45)).toMatchObject({ decision: true });
    // All that have a part in it are ended also where there is room.
    expect(await endMinimumSet(admin, { exposureId, all: true })).toMatchObject({ eligible: 1, left: 0 });
    expect(await minimumSet(admin, { exposureId })).toMatchObject({ standing: '0', sessions: [] });
    await expect(endMinimumSet(admin, { exposureId, all: true })).rejects.toMatchObject({ code: 'conflict' });
  });

  test('what was settled does not come back by ending anybody: it says when it leaves by itself', async () => {
    const pay = (session: string, amount: number) =>
      ask({
        subject: 'svc-settled',
        action: 'payment.create',
        resource: 'acct-settled',
        session: { id: session },
        context: { amount },
      });
    await pay('a', 6000);
    await pay('b', 3500);
    expect(await pay('c', 4000)).toMatchObject({ decision: false });
    const exposure = (await show(admin, { meter: 'paid_24h', key: 'acct-settled' })).items[0]!;
    const found = await minimumSet(admin, { exposureId: exposure.id, need: '400000' });
    expect(found).toMatchObject({ minimum: null, back: '0', missing: '350000' });
    expect(found.sessions.map((one) => one.stays).sort()).toEqual(['350000', '600000']);
    const hours = (Date.parse(found.freeAt!) - performance.timeOrigin - performance.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(23.9);
    expect(hours).toBeLessThan(24.5);
    expect(await minimumSet(admin, { exposureId: exposure.id })).toMatchObject({ missing: '0', minimum: [] });
  });

  test('what is allotted can be spent whoever is ended: it is not offered, and said by itself', async () => {
    const call = (session: string, cost: number) =>
      ask({ subject: 'agent-8', action: 'tool.call', session: { id: session }, context: { cost } });
    await call('a', 50);
    await call('b', 20);
    const point = { mode: 'offline' as const, staleSecs: null, settleAfterSecs: null };
    const terminal = { actor: { ...token.actor, point } } as Ctx;
    const given = await allot(terminal, {
      subject: { type: 'service_account', id: 'agent-8' },
      action: { name: 'tool.call' },
      resource: { type: 'account', id: 'acct' },
      context: { cost: 30, braid: { session: { id: 'b' } } },
      for_secs: 600,
    });
    expect(given).not.toHaveProperty('refused');
    const { items } = await show(admin, { meter: 'spend' });
    const exposure = items.find((one) => one.keyName === 'agent-8')!;
    const found = await minimumSet(admin, { exposureId: exposure.id, need: '7000' });
    expect(found).toMatchObject({ standing: '10000', missing: '7000', allotted: '3000', back: '7000' });
    const parts = found.sessions.map(({ label, back, stays }) => [label, back, stays]);
    expect(parts).toEqual([
      ['a', '5000', '0'],
      ['b', '2000', '3000'],
    ]);
    expect(found.minimum).toHaveLength(2);
    expect(await minimumSet(admin, { exposureId: exposure.id, need: '8000' })).toMatchObject({ minimum: null });
  });

  test('ending a session by itself leaves what it holds until it is settled or its time is over', async () => {
    const call = (session: string, cost: number) =>
      ask({ subject: 'agent-9', action: 'tool.call', session: { id: session }, context: { cost } });
    const first = await call('a', 80);
    const [session] = (
      await pool().query(
        `select s.id from sessions s join identities i on i.id = s.identity_id where i.name = 'agent-9'`,
      )
    ).rows;
    await request(admin, { kind: 'terminate', sessionIds: [session.id], reasonCode: 'test', reason: 'test' });
    expect(await call('b', 30)).toMatchObject({ decision: false, reason: 'aggregate_value_exceeded' });
    // What it had begun may be done: its caller still says what became of it.
    await settle(token, { holdId: first.braid.hold_id as string, amount: 60 });
    expect(await call('b', 30)).toMatchObject({ decision: true });
  });
});

test('what no connector ends alone says so, and of what one ends it says how soon and what goes with it', async () => {
  const identityId = newId();
  await prisma().identity.create({
    data: { id: identityId, name: 'told-apart', externalId: 'told-apart', kind: 'service_account', sources: ['acme'] },
  });
  const session = async (source: string, observedBy: string) => {
    const id = newId();
    const at = clock.now();
    const seen = { source, observedBy, groupKey: id, startedAt: at, lastEventAt: at };
    await prisma().session.create({ data: { id, identityId, label: source, ...seen } });
    return id;
  };
  const [native, declared] = [await session('acme', 'native'), await session('pdp', 'declared')];
  const how = await endsHow(admin, [native, declared]);
  expect(how.get(native)).toMatchObject({
    canEnd: false,
    endsInMs: null,
    why: expect.stringContaining('no connector'),
  });
  expect(how.get(declared)).toMatchObject({ canEnd: true, where: 'Decision point', reach: 'session' });
});
