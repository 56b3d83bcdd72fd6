// What can't be written down is not committed by halves.
import { beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { admin, consistent, token } from '@/lib/decisions/testing-ask';
import { send } from '@/lib/exposures/lane/send';
import { onLane, together } from '@/lib/exposures/lane/store';
import { apply } from '@/lib/policies/apply';

testDatabase();

const INSERT = { name: 'insert_one', text: 'insert into written (n) values ($1)' };

beforeAll(async () => {
  await apply(admin, {
    source: `set: computed
default: allow
meters:
  spent: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h }
rules:
  - id: budget
    limit: { meter: spent, max: context.budget }
`,
  });
  await pool().query('create table written (n bigint)');
});

const ask = (session: string, budget: number, braid: Record<string, unknown> = {}) =>
  decide(token, {
    subject: { type: 'service_account', id: 'svc-computed' },
    action: { name: 'pay' },
    resource: { type: 'account', id: `acct-${session}` },
    context: { amount: 5, budget, braid: { ...braid, session: { id: session } } },
  });

const written = async (): Promise<number[]> =>
  (await pool().query('select n from written order by n')).rows.map((row) => Number(row.n));

test('a pack of which one statement could not be written is rolled back, and the connection goes on', async () => {
  const insert = async (numbers: bigint[]) =>
    onLane(async ({ client }) => {
      await client.query('begin');
      await together(
        client.pack(() => [
          ...numbers.map((n) => send(client, INSERT, (parameters) => parameters.value('bigint', n))),
          client.finish(),
        ]),
      );
    });
  await insert([1n]);
  await expect(insert([2n, 2n ** 63n, 3n])).rejects.toThrow('64-bit');
  expect(await written()).toEqual([1]);
  await insert([4n]);
  expect(await written()).toEqual([1, 4]);
});

test('a limit computed beyond what can be counted is one nothing reaches, for it and those decided with it', async () => {
  const answers = await Promise.all([ask('a', 100), ask('b', 1e30), ask('c', 9_223_372_036_854_775_000), ask('d', 1)]);
  expect(answers.map((one) => one.decision)).toEqual([true, true, true, false]);
  expect((await ask('e', 100)).decision).toBe(true);
  await consistent();
});

test('who only looks under a key leaves it to who asks', async () => {
  const [looked, asked] = await Promise.all([
    ask('k', 50, { idempotency_key: 'same', dry_run: true }),
    ask('k', 60, { idempotency_key: 'same' }),
  ]);
  expect([looked.decision, asked.decision]).toEqual([true, true]);
  expect(await ask('k', 60, { idempotency_key: 'same' })).toEqual(asked);
  await consistent();
});
