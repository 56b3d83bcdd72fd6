// Two batches on one connection: the second goes for its locks behind the commit of the first.
import { beforeAll, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { verify } from '@/lib/decisions/verify';
import { inTransaction } from '@/lib/exposures/in-transaction';
import { onLane } from '@/lib/exposures/lane/store';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';

testDatabase();
const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const token: Ctx = { actor: { kind: 'token', id: newId(), name: 'api', scopes: ['decide'], issuer: 'default' } };

beforeAll(async () => {
  await apply(admin, {
    source: `set: two
default: allow
meters:
  spent: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h }
rules:
  - id: most
    limit: { meter: spent, max: 100 }
`,
  });
  // A decision that the database refuses when it is written, long after it was judged.
  await pool().query(`create function refuse_poison() returns trigger language plpgsql as $$
    begin if new.action = 'poison' then raise exception 'poison'; end if; return new; end $$`);
  await pool().query('create trigger poison before insert on decisions for each row execute function refuse_poison()');
});

const ask = (resource: string, session: number, action = 'pay') =>
  decide(token, {
    subject: { type: 'service_account', id: 'svc-two' },
    action: { name: action },
    resource: { type: 'account', id: resource },
    context: { amount: 1, braid: { session: { id: `s${session}` } } },
  });

const settled = async (key: string): Promise<bigint> =>
  (await pool().query(`select settled from exposures where meter = 'spent' and key = $1`, [key])).rows[0].settled;

test('a hot key asked by far more than it has: exactly what it has, whatever batches overlap', async () => {
  const all: Promise<{ decision: boolean }>[] = [];
  for (let n = 0; n < 300; n++) {
    all.push(ask('hot', n % 7));
    if (n % 9 === 0) await new Promise((resolve) => setTimeout(resolve, n % 4));
  }
  const answers = await Promise.all(all);
  expect(answers.filter((one) => one.decision)).toHaveLength(100);
  expect(await settled('hot')).toBe(10_000n);
  expect((await verify(admin)).problems).toEqual([]);
}, 30_000);

test('a batch whose commit fails takes nothing of the one behind it, and is decided one by one', async () => {
  for (let round = 0; round < 5; round++) {
    const good: Promise<{ decision: boolean }>[] = [];
    const bad: Promise<unknown>[] = [];
    for (let n = 0; n < 12; n++) {
      good.push(ask(`mixed-${round}`, n % 3));
      if (n % 5 === 2) bad.push(ask(`mixed-${round}`, n % 3, 'poison').catch((error: Error) => error));
      if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const answers = await Promise.all(good);
    expect(answers.every((one) => one.decision)).toBe(true);
    for (const one of await Promise.all(bad)) expect(one).toBeInstanceOf(Error);
    expect(await settled(`mixed-${round}`)).toBe(1_200n);
  }
  expect((await verify(admin)).problems).toEqual([]);
}, 30_000);

test('work that has sent its commit makes room; what follows sees what it wrote, and only after it is known', async () => {
  const order: string[] = [];
  let answer: () => void = () => undefined;
  const known = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const first = inTransaction(async (_lane, attempt) => {
    order.push('first sent');
    attempt.sent();
    await known;
    order.push('first known');
  });
  const second = inTransaction(async (_lane, attempt) => {
    order.push('second locks');
    await attempt.ready();
    order.push('second reads');
  });
  const third = onLane(async () => void order.push('third'));
  await expect.poll(() => order.includes('second locks')).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(order).toEqual(['first sent', 'second locks']);
  answer();
  await Promise.all([first, second, third]);
  expect(order).toEqual(['first sent', 'second locks', 'first known', 'second reads', 'third']);
});
