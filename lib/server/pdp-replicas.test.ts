// Four decision points on one database, asked at once: no interleaving lets more pass than the limit, and what fits passes.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { verify } from '@/lib/decisions/verify';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { addToken, admin, ask, bearer, endAll, type Pdp, question, startProcess } from '@/lib/server/testing-pdp';

const REPLICAS = 4;
const MAX = 1000;
const db = testDatabase();
let replicas: Pdp[];

beforeAll(async () => {
  await apply(admin, {
    source: `
set: replicas
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h, on: action.name == "payment.create" }
  asked: { count: true, per: identity, over: 24h, on: action.name == "payment.create" }
rules:
  - { id: cap, limit: { meter: paid, max: ${MAX} } }
  - { id: calls, limit: { meter: asked, max: 60 } }
`,
  });
  await addToken(newId(), bearer, ['decide']);
  replicas = await Promise.all(Array.from({ length: REPLICAS }, () => startProcess(db.url)));
}, 120_000);
afterAll(endAll);

const payment = fc.record({
  at: fc.nat(REPLICAS - 1),
  who: fc.nat(4),
  session: fc.nat(7),
  account: fc.nat(1),
  amount: fc.integer({ min: 1, max: 40 }),
});

test('200 at once over four of them: never over a limit of account or identity, and nothing is refused that would have fitted', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(payment, { minLength: 200, maxLength: 200 }), async (payments) => {
      const salt = `r${run++}`;
      const answers = await Promise.all(
        payments.map(({ at, who, session, account, amount }) =>
          ask(replicas[at]!, question(`${salt}-${who}`, `${salt}-${account}`, `s${session}`, amount)),
        ),
      );
      expect(answers.every((one) => one.status === 200)).toBe(true);
      const sums = new Map<string, number>();
      const add = (key: string, amount: number) => sums.set(key, (sums.get(key) ?? 0) + amount);
      for (const [index, one] of payments.entries())
        if (answers[index]!.body.decision) {
          add(`account ${one.account}`, one.amount);
          add(`who ${one.who}`, 1);
        }
      for (const [key, sum] of sums) expect(sum).toBeLessThanOrEqual(key.startsWith('account') ? MAX : 60);
      // Counters only grow here: what was refused does not fit at the end either.
      for (const [index, one] of payments.entries())
        if (!answers[index]!.body.decision)
          expect(
            (sums.get(`account ${one.account}`) ?? 0) + one.amount > MAX || (sums.get(`who ${one.who}`) ?? 0) >= 60,
          ).toBe(true);
      const { rows } = await pool().query(
        `select coalesce(sum(settled), 0)::int as sum from exposures where meter = 'paid' and key like $1`,
        [`${salt}-%`],
      );
      expect(rows[0].sum).toBe(((sums.get('account 0') ?? 0) + (sums.get('account 1') ?? 0)) * 100);
    }),
    { numRuns: 6 },
  );
  const writers = await pool().query('select distinct writer from decisions');
  expect(writers.rows).toHaveLength(REPLICAS);
  expect((await verify(admin)).problems).toEqual([]);
}, 300_000);
