// Who puts another version in force is told which counts begin anew, with what they hold.
import { beforeAll, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { apply } from '@/lib/policies/apply';
import { promote } from '@/lib/policies/promote';
import { rollBack } from '@/lib/policies/roll-back';
import { admin } from '@/lib/server/testing-pdp';

testDatabase();
const source = (meter: string, name = 'paid') => `
set: pay
default: allow
meters:
  ${name}: { ${meter}, on: action.name == "payment.create" }
rules:
  - { id: cap, limit: { meter: ${name}, max: 1000 } }
`;
const FIRST = 'sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h';
const caller = systemCtx('caller');
const pay = (account: string, amount: number) =>
  decide(caller, {
    subject: { type: 'service_account', id: 'svc' },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: account },
    context: { amount },
  });
const notes = async (next: string) => (await apply(admin, { source: next, dryRun: true })).notes;

beforeAll(async () => {
  await apply(admin, { source: source(FIRST) });
  await pay('acct-1', 900);
  await pay('acct-2', 100);
});

test('a meter that counts something else begins anew, and says what it held', async () => {
  const held = /what it counts now begins anew at nothing \(2 keys, the most 900\s?EUR at acct-1\)\.$/;
  const of = async (meter: string, name?: string) => {
    const [first, ...others] = await notes(source(meter, name));
    expect(others).toEqual([]);
    expect(first).toMatch(held);
    return first!.replace(/: what it counts.*/, '');
  };
  expect(await of(FIRST, 'spent')).toBe('paid is not there any more, or has another name');
  expect(await of(FIRST.replace('resource.id', 'identity'))).toMatch(/^paid counts per .* instead of /);
  expect(await of(FIRST.replace('EUR', 'USD'))).toBe('paid counts USD instead of EUR');
  expect(await of(FIRST.replace('scale: 2', 'scale: 3'))).toBe('paid counts with 3 decimals instead of 2');
  expect(await of(FIRST.replace('over: 24h', 'window: lifetime'))).toBe(
    'paid counts over all time instead of over a sliding window',
  );
  expect(await of('count: true, per: resource.id, over: 24h')).toBe('paid is a count and no sum any more');
});

test('another limit, another condition or a longer window begins nothing anew', async () => {
  expect(await notes(source(FIRST).replace('1000', '500'))).toEqual([]);
  expect(await notes(source(FIRST.replace('24h', '48h')))).toEqual([
    'paid counts over 2 days instead of 24 h: what had left the shorter window is put back from the ledger with the next request.',
  ]);
});

test('promoting and rolling back say the same', async () => {
  const { version } = await apply(admin, { source: source(FIRST, 'spent'), shadow: true });
  const promoted = await promote(admin, { name: 'pay', version, reason: 'renamed' });
  expect(promoted.notes).toEqual([expect.stringMatching(/^paid is not there any more.* the most 900\s?EUR at acct-1/)]);
  await pay('acct-1', 50);
  const back = await rollBack(admin, { name: 'pay', version: 1, reason: 'it was better' });
  expect(back.notes).toEqual([
    expect.stringMatching(/^spent is not there any more.*1 key, the most 50\s?EUR at acct-1/),
  ]);
});
