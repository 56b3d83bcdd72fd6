// What the analyser says of a stored history is what a real attacker gets at the decision point, and nothing more once the
// suggested rule stands.
import { expect, test } from 'vitest';
import { pool } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { apply } from '@/lib/policies/apply';
import { analyseBoundaries } from '@/lib/replay/analyse-boundaries';

testDatabase();

test('from a real history: the sessions of one identity, and a real attacker gets exactly as much', async () => {
  await apply(admin, {
    source: `set: lab
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: session, over: 24h, on: action.name == "pay" }
  named: { count: true, per: identity, over: 24h, on: action.name == "look" }
  glances: { count: true, per: session, over: 24h, on: action.name == "glance" }
  stares: { count: true, per: session, over: 24h, on: action.name == "stare" }
rules:
  - id: per-session-cap
    limit: { meter: paid, max: 100 }
  - id: looks
    limit: { meter: named, max: 5 }
  - id: glances
    limit: { meter: glances, max: 1500 }
  - id: stares
    limit: { meter: stares, max: 3000 }
`,
  });
  const pay = (subject: string, session: number, amount: number) =>
    ask({ subject, action: 'pay', session: { id: `s${session}` }, context: { amount } });
  for (let session = 0; session < 4; session++)
    expect(await pay('svc-many', session, 10)).toMatchObject({ decision: true });
  await pay('svc-one', 0, 10);
  for (const action of ['glance', 'stare'])
    for (let session = 0; session < 3; session++)
      await ask({ subject: 'svc-many', action, session: { id: `s${session}` } });
  const { limits } = await analyseBoundaries(admin, { name: 'lab' });
  expect(limits[1]).toMatchObject({ ruleId: 'looks', skipped: expect.stringContaining('Nothing was counted') });
  const found = limits[0]!.boundaries.find((one) => one.dimension === 'session')!;
  expect(found).toMatchObject({
    closedBy: 'identity',
    actor: 'svc-many',
    keys: 4,
    reach: '40000',
    undetected: '30000',
    simulated: '40000',
    afterwards: '0',
  });
  // Counts are tried request by request: over as many keys as there is time for, or not at all.
  const bySession = (at: number) => limits[at]!.boundaries.find((one) => one.dimension === 'session');
  expect(bySession(2)).toMatchObject({ keys: 3, reach: '4500', tried: 2, simulated: '3000', asPredicted: true });
  expect(bySession(3)).toMatchObject({ keys: 3, reach: '9000', tried: 3, simulated: null });
  const { limits: alone } = await analyseBoundaries(admin, { name: 'lab', rule: 'looks' });
  expect(alone.map((one) => one.ruleId)).toEqual(['looks']);
  await expect(analyseBoundaries(admin, { name: 'lab', rule: 'none' })).rejects.toMatchObject({ code: 'not_found' });
  let taken = 0;
  for (let session = 0; session < 4; session++)
    for (let n = 0; n < 12; n++) if ((await pay('svc-real', session, 10)).decision) taken += 1000;
  expect(String(taken)).toBe(found.reach);
  const whole = `set: more\ndefault: allow\n${found.suggestion}`;
  await apply(admin, { source: whole });
  let left = 0;
  for (let session = 0; session < 4; session++)
    for (let n = 0; n < 12; n++) if ((await pay('svc-later', session, 10)).decision) left += 1000;
  expect(left).toBe(10_000);
}, 240_000);

test("a key of the meter's own is split over, by the calendar as well, and a real attacker gets exactly as much", async () => {
  await apply(admin, {
    source: `set: own
default: allow
meters:
  moved: { sum: context.amount, unit: EUR, scale: 2, per: [identity, context.account], window: { fixed: day }, on: 'action.name == "move" && context.account in ["a", "b", "c"]' }
  runs: { count: true, per: workload, over: 1h, on: action.name == "run" }
  kept: { count: true, per: owner, over: 1h, on: action.name == "look" }
rules:
  - { id: moves, limit: { meter: moved, max: 50 } }
  - { id: runs, limit: { meter: runs, max: 3 } }
  - { id: kept, limit: { meter: kept, max: 3 } }
`,
  });
  const move = (subject: string, account: string, amount: number) =>
    ask({ subject, action: 'move', session: { id: 's1' }, context: { account, amount } });
  for (const account of ['a', 'b', 'c']) expect((await move('svc-own', account, 10)).decision).toBe(true);
  for (const runtime of ['x', 'y'])
    await ask({ subject: 'svc-own', action: 'run', session: { id: `s-${runtime}`, runtime } });
  await pool().query(`update identities set owner = 'team' where name = 'svc-own'`);
  await ask({ subject: 'svc-own', action: 'look', session: { id: 's1' } });
  const { limits } = await analyseBoundaries(admin, { name: 'own' });
  const by = (rule: string) => limits.find((one) => one.ruleId === rule)!;
  expect(by('moves')).toMatchObject({ windowSecs: 0, calendar: 'day UTC', skipped: null, unvaried: [] });
  const found = by('moves').boundaries.find((one) => one.dimension === 'context.account')!;
  expect(found).toMatchObject({
    closedBy: 'identity',
    actor: 'svc-own',
    keys: 3,
    reach: '15000',
    undetected: '10000',
    simulated: '15000',
    asPredicted: true,
    afterwards: '0',
  });
  const workload = by('runs').boundaries.find((one) => one.dimension === 'workload');
  expect(workload).toMatchObject({ actor: 'svc-own', keys: 2, reach: '6', simulated: '6', afterwards: '0' });
  expect(by('kept')).toMatchObject({ skipped: null, boundaries: [], unvaried: [{ key: 'owner' }] });
  let taken = 0;
  for (const account of ['a', 'b', 'c'])
    for (let n = 0; n < 7; n++) if ((await move('svc-thief', account, 10)).decision) taken += 1000;
  expect(String(taken)).toBe(found.reach);
});

test('different things and sessions at once are split over as well, and a real attacker gets exactly as much', async () => {
  await apply(admin, {
    source: `set: many
default: allow
meters:
  read: { distinct: context.document, per: session, over: 1h, on: action.name == "read" }
  open: { live_sessions: true, per: identity, on: action.name == "read" }
  fixed: { distinct: identity.kind, per: session, over: 1h, on: action.name == "read" }
rules:
  - { id: reads, limit: { meter: read, max: 2 } }
  - { id: opens, limit: { meter: open, max: 3 } }
  - { id: fixed, limit: { meter: fixed, max: 3 } }
`,
  });
  const read = (subject: string, session: string, document: string) =>
    ask({ subject, action: 'read', session: { id: session }, context: { document } });
  for (const subject of ['reader-a', 'reader-b']) {
    for (const [session, document] of [
      ['r1', 'a'],
      ['r1', 'b'],
      ['r2', 'c'],
    ])
      expect((await read(subject, `${subject}-${session}`, document!)).decision).toBe(true);
  }
  await pool().query(
    `update identities set owner = 'readers', environment = 'production' where name in ('reader-a', 'reader-b')`,
  );
  const { limits } = await analyseBoundaries(admin, { name: 'many' });
  const by = (rule: string, dimension: string) =>
    limits.find((one) => one.ruleId === rule)!.boundaries.find((one) => one.dimension === dimension);
  // Two sessions in the history, two documents each; the third that may live is one nobody had.
  expect(by('reads', 'session')).toMatchObject({ keys: 2, reach: '4', simulated: '4', afterwards: '0' });
  expect(by('opens', 'identity')).toMatchObject({
    closedBy: 'owner',
    actor: 'readers',
    keys: 2,
    reach: '6',
    undetected: '3',
    simulated: '6',
    asPredicted: true,
    afterwards: '0',
  });
  expect(by('opens', 'session')).toBeUndefined();
  expect(limits.find((one) => one.ruleId === 'fixed')!.skipped).toContain('can’t be tried');
  let documents = 0;
  for (const session of ['x', 'y'])
    for (let n = 0; n < 4; n++) if ((await read('thief', session, `${session}${n}`)).decision) documents += 1;
  expect(String(documents)).toBe(by('reads', 'session')!.reach);
  let sessions = 0;
  for (const subject of ['thief-a', 'thief-b'])
    for (let n = 0; n < 5; n++) if ((await read(subject, `${subject}-${n}`, 'd')).decision) sessions += 1;
  expect(String(sessions)).toBe(by('opens', 'identity')!.reach);
});
