// Windows over live sessions and by the calendar, distinct values, filtered and composite meters, on a real database.
import { beforeAll, describe, expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask, consistent, token } from '@/lib/decisions/testing-ask';
import { closeLane } from '@/lib/exposures/close-lane';
import { release } from '@/lib/exposures/release';
import { settle } from '@/lib/exposures/settle';
import { show } from '@/lib/exposures/show';
import { apply } from '@/lib/policies/apply';
import { request } from '@/lib/revocations/request';

testDatabase();

const SOURCE = `set: windows
default: allow
meters:
  open: { sum: context.bytes, unit: B, per: identity, window: live_sessions, on: action.name == "open" }
  today: { sum: context.amount, unit: EUR, scale: 2, per: resource, window: { fixed: day, zone: Pacific/Auckland }, on: action.name == "pay" }
  hosts: { distinct: resource, per: identity, over: 1h, on: action.name == "scan" }
  eu: { live_sessions: true, per: identity, where: session.region == "eu", on: action.name == "work" }
  here: { live_sessions: true, per: [identity, region], on: action.name == "here" }
  pair: { count: true, per: [identity, resource, context.tool], window: lifetime, on: action.name == "pair" }
  held: { sum: context.cost, unit: USD, per: identity, settle: explicit, hold: 15m, on: action.name == "mixed" }
  lease: { lease: true, per: resource, hold: 5m, on: action.name == "mixed" }
rules:
  - { id: open, limit: { meter: open, max: 100 } }
  - { id: today, limit: { meter: today, max: 50 } }
  - { id: hosts, limit: { meter: hosts, max: 3 } }
  - { id: eu, limit: { meter: eu, max: 1 } }
  - { id: here, limit: { meter: here, max: 1 } }
  - { id: pair, limit: { meter: pair, max: 1 } }
  - { id: held, limit: { meter: held, max: 100 } }
  - { id: lease, limit: { meter: lease, max: 1 } }
`;
beforeAll(async () => {
  await apply(admin, { source: SOURCE });
});

const of = async (meter: string, key?: string) => (await show(admin, { meter, ...(key ? { key } : {}) })).items[0]!;

test('over live sessions, what a session counted leaves when it has ended', async () => {
  const open = (id: string, bytes: number) =>
    ask({ subject: 'svc-open', action: 'open', session: { id }, context: { bytes } });
  expect((await open('a', 60)).decision).toBe(true);
  expect((await open('b', 40)).decision).toBe(true);
  expect(await open('b', 1)).toMatchObject({
    decision: false,
    reason: 'aggregate_value_exceeded',
    braid: { alone: 'allow' },
  });
  const { rows } = await pool().query(
    `select s.id from sessions s join identities i on i.id = s.identity_id where i.name = 'svc-open' order by s.started_at limit 1`,
  );
  await request(admin, { kind: 'terminate', sessionIds: [rows[0].id] });
  expect(await of('open')).toMatchObject({ settled: '40', calendar: 'live', windowSecs: null, available: '60' });
  expect((await open('b', 60)).decision).toBe(true);
  const left = await pool().query(
    `select l.kind, l.settled::int from ledger_entries l join exposures e on e.id = l.exposure_id where e.meter = 'open' order by l.revision`,
  );
  expect(left.rows.map((row) => [row.kind, row.settled])).toEqual([
    ['settle', 60],
    ['settle', 40],
    ['leave', -60],
    ['settle', 60],
  ]);
  await consistent();
});

test('by the calendar, yesterday does not count; what was counted is known to another process', async () => {
  const pay = (amount: number) =>
    ask({ subject: 'svc-day', action: 'pay', resource: 'acct', session: { id: 's' }, context: { amount } });
  expect((await pay(30)).decision).toBe(true);
  expect((await pay(30)).decision).toBe(false);
  const seen = await of('today', 'acct');
  expect(seen).toMatchObject({ settled: '3000', warned: null, calendar: 'day Pacific/Auckland', windowSecs: 0 });
  await closeLane(); // nothing is remembered
  expect((await pay(15)).decision).toBe(true);
  expect((await of('today', 'acct')).warned).toBe(90);
  await consistent();
});

test('different values are told apart exactly, also after nothing is remembered', async () => {
  const scan = (resource: string, id = 's1') => ask({ subject: 'svc-scan', action: 'scan', resource, session: { id } });
  for (const host of ['a', 'b', 'a', 'c']) expect((await scan(host)).decision).toBe(true);
  expect(await scan('d', 's2')).toMatchObject({
    decision: false,
    reason: 'distinct_exceeded',
    braid: { alone: 'allow' },
  });
  await closeLane();
  expect((await scan('b', 's2')).decision).toBe(true);
  expect((await scan('e')).decision).toBe(false);
  expect(await of('hosts')).toMatchObject({ settled: '3', kind: 'distinct', available: '0' });
  await consistent();
});

describe('live sessions', () => {
  test('only those a filter names count, and a request from another does not', async () => {
    const work = (id: string, region?: string) =>
      ask({ subject: 'svc-eu', action: 'work', session: { id, ...(region ? { region } : {}) } });
    expect((await work('1', 'us')).decision).toBe(true);
    expect((await work('2', 'eu')).decision).toBe(true);
    expect((await work('3', 'us')).decision).toBe(true);
    expect(await work('4', 'eu')).toMatchObject({ decision: false, reason: 'concurrency_exceeded' });
    expect(await work('5')).toMatchObject({ decision: false, reason: 'attribute_missing' });
    // The refused one is there as well, and the one of which nobody can tell where it is: a count is never too low.
    const seen = await of('eu');
    expect([seen.settled, seen.available, seen.contributors.map((one) => one.label)]).toEqual([
      '3',
      '0',
      ['eu · 2', 'eu · 4', '5'],
    ]);
  });

  test('with a field of the session beside the identity they are counted apart', async () => {
    const here = (id: string, region: string) => ask({ subject: 'svc-here', action: 'here', session: { id, region } });
    expect([(await here('1', 'eu')).decision, (await here('2', 'us')).decision]).toEqual([true, true]);
    expect((await here('3', 'us')).decision).toBe(false);
    const { items } = await show(admin, { meter: 'here' });
    expect(items.map((one) => [(JSON.parse(one.key) as string[])[1], one.settled]).sort()).toEqual([
      ['eu', '1'],
      ['us', '2'],
    ]);
  });
});

test('a composite key counts each combination by itself', async () => {
  const pair = (resource: string, tool: string) =>
    ask({ subject: 'svc-pair', action: 'pair', resource, session: { id: 's' }, context: { tool } });
  expect([(await pair('a', 'x')).decision, (await pair('a', 'y')).decision, (await pair('b', 'x')).decision]).toEqual([
    true,
    true,
    true,
  ]);
  expect((await pair('a', 'x')).decision).toBe(false);
});

test('one hold over several meters gives back what each granted, together and alone', async () => {
  const mixed = (cost: number, id = 's') =>
    ask({ subject: 'svc-mixed', action: 'mixed', resource: 'db', session: { id }, context: { cost } });
  for (const amount of [30, 80]) {
    const first = await mixed(80);
    expect(first).toMatchObject({ decision: true, braid: { alone: 'allow' } });
    expect(await mixed(10)).toMatchObject({ decision: false, reason: 'lease_held', braid: { alone: 'deny' } });
    if (amount === 80) await release(token, { holdId: first.braid.hold_id as string });
    else await settle(token, { holdId: first.braid.hold_id as string, amount: 0 });
  }
  expect(await of('held')).toMatchObject({ settled: '0', held: '0' });
  expect(await of('lease')).toMatchObject({ settled: '0', held: '0' });
  await consistent();
});
