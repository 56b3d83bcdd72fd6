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
const CALLS = 60;
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
  - { id: calls, limit: { meter: asked, max: ${CALLS} } }
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
      // On a machine that is busy for longer than a decision may take, one is refused for that: it says so, and counts nothing.
      const late = (at: number) => answers[at]!.body.context?.reason === 'state_unavailable';
      const sums = new Map<string, number>();
      const add = (key: string, amount: number) => sums.set(key, (sums.get(key) ?? 0) + amount);
      for (const [index, one] of payments.entries())
        if (answers[index]!.body.decision) {
          add(`account ${one.account}`, one.amount);
          add(`who ${one.who}`, 1);
        }
      for (const [key, sum] of sums) expect(sum).toBeLessThanOrEqual(key.startsWith('account') ? MAX : CALLS);
      const { rows } = await pool().query<{ key: string; sum: number }>(
        `select key, settled::int / 100 as sum from exposures where meter = 'paid' and key like $1 order by key`,
        [`${salt}-%`],
      );
      const inTime = !payments.some((_, index) => late(index));
      for (const { key, sum } of rows) {
        const answered = sums.get(`account ${key.at(-1)}`) ?? 0;
        // What was counted and could not be answered any more stays counted.
        if (inTime) expect(sum).toBe(answered);
        else expect(sum >= answered && sum <= MAX).toBe(true);
      }
      // Counters only grow here: what was refused does not fit at the end either.
      const fits = ({ account, who, amount }: (typeof payments)[number]) =>
        (sums.get(`account ${account}`) ?? 0) + amount <= MAX && (sums.get(`who ${who}`) ?? 0) < CALLS;
      if (inTime) expect(payments.filter((one, index) => !answers[index]!.body.decision && fits(one))).toEqual([]);
    }),
    { numRuns: 4, endOnFailure: true },
  );
  const writers = await pool().query('select distinct writer from decisions');
  expect(writers.rows.length).toBeGreaterThanOrEqual(REPLICAS);
  expect((await verify(admin)).problems).toEqual([]);
}, 300_000);
