import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { standing } from '@/lib/identities/standing';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { show } from '@/lib/triage/show';

testDatabase();
beforeAll(() =>
  apply(admin, {
    source: `set: pay
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: subject.id, window: { sliding: 24h } }
rules:
  - id: cap
    limit: { meter: paid, max: 10000 }
`,
  }),
);

test('of real decisions: the session that pays most is first, and what passes until the refusal binds is told', async () => {
  const pay = (session: string, amount: number) =>
    ask({
      subject: 'svc-t',
      session: session === 'b' ? { id: 'b', device: 'host-7' } : { id: session },
      context: { amount },
    });
  await pay('a', 10);
  await pay('b', 4000);
  await pay('b', 3000);
  const { rows } = await pool().query<{ id: string }>(`select id from identities where name = 'svc-t'`);
  const triage = await show(admin, { id: rows[0]!.id });
  expect(triage.order.map((one) => one.headroom.points > 15)).toEqual([true, false]);
  expect(triage.order[0]!.headroom.why).toBe('At its pace paid is used up in 4 min.');
  // Bound by its device alone; the other by nothing at all.
  expect(triage.order.map((one) => one.reach.why)).toEqual([
    'Without a scope, without an end.',
    'Bound to nothing, without a scope, without an end.',
  ]);
  expect((await standing(admin, { id: rows[0]!.id })).triage).toMatchObject({ order: triage.order, sessionsTotal: 2 });
  expect(triage.pace).toEqual([{ unit: 'EUR', scale: 2, perMinute: '70100' }]);
  expect(BigInt(triage.inFlight[0]!.amount)).toBeGreaterThan(0n);
  expect(triage.sessionsTotal).toBe(2);
  await expect(show(admin, { id: newId() })).rejects.toMatchObject({ code: 'not_found' });
});
