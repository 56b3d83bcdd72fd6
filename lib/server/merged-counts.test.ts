// One agent known under several names: what all of them used counts together once they are one. A real decision point.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { path } from '@/lib/decisions/path';
import { verify } from '@/lib/decisions/verify';
import { merge } from '@/lib/identities/merge';
import { unmerge } from '@/lib/identities/unmerge';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { addToken, admin, bearer, call, endAll, type Pdp, question, startProcess } from '@/lib/server/testing-pdp';

const db = testDatabase();
let pdp: Pdp;
let other: Pdp;
beforeAll(async () => {
  await apply(admin, {
    source: `
set: merged
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: identity.id, over: 24h, on: action.name == "pay" }
  named: { count: true, per: [identity.name, resource.id], over: 1h, on: action.name == "call" }
  hosts: { distinct: resource.id, per: identity, over: 1h, on: action.name == "look" }
  job: { lease: true, per: identity, hold: 5m, on: action.name == "job" }
rules:
  - { id: cap, limit: { meter: paid, max: 1000 } }
  - { id: calls, limit: { meter: named, max: 2 } }
  - { id: spread, limit: { meter: hosts, max: 3 } }
  - { id: one-job, limit: { meter: job, max: 1 } }
`,
  });
  await addToken(newId(), bearer, ['decide']);
  [pdp, other] = await Promise.all([startProcess(db.url), startProcess(db.url)]);
}, 60_000);
afterAll(endAll);

const asked = (name: string, action: string, resource: string, amount = 1) => ({
  ...question(name, 'account', resource, amount),
  resource: { type: 'account', id: resource },
  action: { name: action },
  context: { amount, braid: { session: { id: `of ${name}` } } },
});
const ask = async (name: string, action: string, resource = 'a', amount = 1, at = pdp) =>
  (await call(at, '/access/v1/evaluation', asked(name, action, resource, amount))).body;
const may = async (...which: Parameters<typeof ask>) => (await ask(...which)).decision === true;
const pay = (name: string, amount: number, at = pdp) => may(name, 'pay', 'a', amount, at);
const idOf = async (name: string): Promise<string> =>
  (await pool().query<{ id: string }>('select id from identities where name = $1', [name])).rows[0]!.id;
const one = async (name: string, into: string) =>
  (await merge(admin, { id: await idOf(into), fromId: await idOf(name), reason: 'the same robot' })).id;
const proven = async () => expect((await verify(admin)).problems).toEqual([]);

test('what the merged one has used counts against the one that goes on, at every decision point at once', async () => {
  expect([await pay('m-a', 600), await pay('m-b', 600, other)]).toEqual([true, true]);
  expect([await pay('m-a', 1, other), await pay('m-b', 1)]).toEqual([true, true]); // both know both by now
  await one('m-b', 'm-a');
  expect([await pay('m-b', 300), await pay('m-a', 300, other), await pay('m-a', 0.01)]).toEqual([false, false, false]);
  await proven();
});

test('below the limit the rest is left, and not more; the path of the refusal has the strands of both', async () => {
  expect([await pay('p-a', 300), await pay('p-b', 400)]).toEqual([true, true]);
  await one('p-b', 'p-a');
  expect([await pay('p-a', 200), await pay('p-b', 101), await pay('p-b', 100)]).toEqual([true, false, true]);
  const refused = await ask('p-a', 'pay', 'a', 5);
  const context = refused.context as { braid: { decision_id: string; exposures: { settled?: string }[] } };
  const found = await path(admin, { decisionId: context.braid.decision_id });
  expect(found.steps.map((step) => [step.kind, Number(step.amount), Number(step.after)])).toEqual([
    ['settle', 30000, 30000],
    ['settle', 40000, 70000],
    ['settle', 20000, 90000],
    ['refused', 10100, 90000],
    ['settle', 10000, 100000],
    ['refused', 500, 100000],
  ]);
  expect(found.strands.map((strand) => [strand.label, strand.share]).sort()).toEqual([
    ['of p-a', '50000'],
    ['of p-b', '50000'],
  ]);
  expect(found.crossing).toBe(3);
  const { items } = (await call(pdp, '/v1/exposure?meter=paid&scope=identity&key=p-b', null, { method: 'GET' }))
    .body as {
    items: { settled: string; available: string; contributors: object[] }[];
  };
  expect(items.map((each) => [each.settled, each.available, each.contributors.length])).toEqual([['100000', '0', 2]]);
  await proven();
});

test('a key with the name in it counts on, a value that both used is one, and a lease of either is the only one', async () => {
  expect([await may('k-a', 'call', 'x'), await may('k-b', 'call', 'x'), await may('k-b', 'call', 'y')]).toEqual([
    true,
    true,
    true,
  ]);
  for (const [who, host] of [
    ['k-a', 'h1'],
    ['k-a', 'h2'],
    ['k-b', 'h2'],
  ] as const)
    expect(await may(who, 'look', host)).toBe(true);
  expect(await may('k-b', 'job')).toBe(true);
  await one('k-b', 'k-a');
  expect([await may('k-a', 'call', 'x'), await may('k-a', 'call', 'y'), await may('k-b', 'call', 'y')]).toEqual([
    false,
    true,
    false,
  ]);
  expect([await may('k-a', 'look', 'h2'), await may('k-b', 'look', 'h3'), await may('k-a', 'look', 'h4')]).toEqual([
    true,
    true,
    false,
  ]);
  const second = await ask('k-a', 'job');
  expect([second.decision, JSON.stringify(second.context).includes('of k-b')]).toEqual([false, true]);
  await proven();
});

test('over several merges, and no more once one is undone', async () => {
  for (const name of ['c-a', 'c-b', 'c-c']) expect(await pay(name, 300)).toBe(true);
  const first = await one('c-c', 'c-b');
  expect(await pay('c-b', 401)).toBe(false);
  await one('c-b', 'c-a');
  expect([await pay('c-a', 101), await pay('c-c', 101, other), await pay('c-c', 50)]).toEqual([false, false, true]);
  await unmerge(admin, { id: first, reason: 'that one is not' });
  expect([await pay('c-a', 351), await pay('c-a', 350, other), await pay('c-a', 1)]).toEqual([false, true, false]);
  await proven();
});
