import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { passed } from '@/lib/decisions/passed';
import { passedSchema } from '@/lib/decisions/passed-model';
import { admin, applyTestPolicies, ask, token } from '@/lib/decisions/testing-ask';
import { release } from '@/lib/exposures/release';
import { settle } from '@/lib/exposures/settle';
import { clock } from '@/lib/platform/clock';

testDatabase();
beforeAll(applyTestPolicies);

const at = (ms: number) => new Date(clock.ms() + ms).toISOString();
const idOf = async (name: string): Promise<string> =>
  (await pool().query<{ id: string }>('select identity_id as id from identity_aliases where external_id = $1', [name]))
    .rows[0]!.id;

test('what passed is said session by session, with its worth, and what was stopped beside it', async () => {
  const from = at(-1_000);
  const pay = (session: string, amount: number) =>
    ask({ subject: 'svc-loss', resource: 'acct-loss', session: { id: session }, context: { amount } });
  for (const [session, amount] of [
    ['a', 4_000],
    ['b', 3_000],
    ['a', 1_000],
  ] as const)
    expect((await pay(session, amount)).decision).toBe(true);
  expect((await pay('c', 9_000)).decision).toBe(false);
  const identityId = await idOf('svc-loss');
  const told = await passed(admin, { identityId, from, to: at(1_000) });
  expect(() => passedSchema.parse(told)).not.toThrow();
  expect(told).toMatchObject({ allowed: 3, stopped: 1, sessionsTotal: 3 });
  expect(told.worth).toEqual([{ unit: 'EUR', scale: 2, amount: '800000' }]);
  expect(told.sessions.map(({ allowed, stopped, worth }) => [allowed, stopped, worth[0]?.amount])).toEqual([
    [2, 0, '500000'],
    [1, 0, '300000'],
    [0, 1, undefined],
  ]);
  expect(await passed(admin, { identityId, from: at(-9_000), to: at(-8_000) })).toMatchObject({
    allowed: 0,
    sessions: [],
  });
  await expect(passed(admin, { identityId, from, to: at(-9_000) })).rejects.toMatchObject({ code: 'input.invalid' });
});

test('a hold is worth what it was settled with, and nothing once it was given back', async () => {
  const from = at(-1_000);
  const call = async (session: string) => {
    const answer = await ask({
      subject: 'svc-held',
      action: 'tool.call',
      resource: 'tool',
      session: { id: session },
      context: { cost: 10 },
    });
    expect(answer.decision).toBe(true);
    return answer.braid.hold_id as string;
  };
  const settled = await call('a');
  const released = await call('b');
  await call('c');
  const identityId = await idOf('svc-held');
  const worth = async () =>
    Object.fromEntries(
      (await passed(admin, { identityId, from, to: at(1_000) })).sessions.map((one) => [
        one.label,
        [one.givenBack, one.worth[0]?.amount],
      ]),
    );
  const before = Object.values(await worth());
  expect(new Set(before.map(([, amount]) => amount)).size).toBe(1);
  const whole = Number(before[0]![1]);
  await settle(token, { holdId: settled, amount: '4' });
  await release(token, { holdId: released });
  const after = await worth();
  expect(
    Object.values(after)
      .map(([, amount]) => Number(amount ?? 0))
      .sort((x, y) => x - y),
  ).toEqual([0, (whole * 4) / 10, whole]);
  expect(Object.values(after).filter(([back]) => back === 1)).toHaveLength(1);
});
