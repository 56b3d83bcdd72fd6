import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { show as showDecision } from '@/lib/decisions/show';
import { token } from '@/lib/decisions/testing-ask';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { backtest } from '@/lib/policies/backtests/backtest';
import { requestBacktest } from '@/lib/policies/backtests/request-backtest';
import { runBacktest } from '@/lib/policies/backtests/run-backtest';
import { showBacktest } from '@/lib/policies/backtests/show-backtest';
import { endExemption } from '@/lib/policies/end-exemption';
import { exempt } from '@/lib/policies/exempt';
import { listExemptions } from '@/lib/policies/list-exemptions';
import { openDraft } from '@/lib/policies/open-draft';
import { promote } from '@/lib/policies/promote';
import { retire } from '@/lib/policies/retire';
import { rollBack } from '@/lib/policies/roll-back';
import { saveDraft } from '@/lib/policies/save-draft';
import { shadowResults } from '@/lib/policies/shadow-results';
import { show } from '@/lib/policies/show';

testDatabase();

const admin = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };
const set = (max: number, more = '') => `set: pay
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, per: resource.id, over: 24h }
rules:
  - id: cap
    limit: { meter: paid, max: ${max} }
${more}`;
const ask = (resource: string, amount: number, subject = 'svc-1') =>
  decide(token, {
    subject: { type: 'service_account', id: subject },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: resource },
    context: { amount, braid: { session: { id: 's' } } },
  });
const reason = 'agreed with finance';

test('apply is idempotent, says what it changes, and a dry run changes nothing', async () => {
  expect(await apply(admin, { source: set(100) })).toMatchObject({ version: 1, changed: true, against: null });
  expect(await apply(admin, { source: set(100) })).toMatchObject({ version: 1, changed: false, diff: '' });
  const dry = await apply(admin, { source: set(50), dryRun: true });
  expect(dry).toMatchObject({ version: 2, changed: true, dryRun: true, against: 1 });
  expect(dry.diff.split('\n').filter((line) => /^[-+]/.test(line))).toEqual([
    '-     limit: { meter: paid, max: 100 }',
    '+     limit: { meter: paid, max: 50 }',
  ]);
  expect(await prisma().policySet.count({ where: { name: 'pay' } })).toBe(1);
});

test('fixtures that fail keep a version out', async () => {
  const tests = [{ name: 'a.test.yaml', text: TESTS }];
  await expect(apply(admin, { source: set(50), tests })).rejects.toMatchObject({
    code: 'policy.invalid',
    publicMessage: '1 of 1 fixtures fail (a hundred passes): nothing was applied.',
    detail: [{ path: 'a.test.yaml line 5 (a hundred passes)', message: 'verdict: expected allow, came deny' }],
  });
  expect(await apply(admin, { source: set(100), tests, dryRun: true })).toMatchObject({
    tests: { run: 1, failed: 0 },
    changed: false,
  });
});

test('the same policies with other fixtures stay the same version, held to the new fixtures', async () => {
  const source = set(100).replace('set: pay', 'set: held');
  const fixtures = async () => (await show(admin, { name: 'held' })).set.tests;
  await apply(admin, { source });
  const tests = [{ name: 'a.test.yaml', text: TESTS }];
  expect(await apply(admin, { source, tests, reason })).toMatchObject({
    version: 1,
    changed: false,
    tests: { run: 1 },
  });
  expect(await fixtures()).toBe(1);
  await apply(admin, { source, tests });
  await apply(admin, { source });
  expect(await fixtures()).toBe(1);
  await apply(admin, { source, tests: [] });
  expect(await fixtures()).toBe(0);
  const audit = await prisma().auditEntry.findMany({ where: { targetName: 'held' }, orderBy: { id: 'asc' } });
  expect(audit.map((row) => [row.action, row.reason])).toEqual([
    ['policy.apply', null],
    ['policy.fixtures', reason],
    ['policy.fixtures', null],
  ]);
  await retire(admin, { name: 'held', what: 'active', reason });
});
const TESTS = `tests:
  - name: a hundred passes
    defaults: { as: svc, action: pay, resource: account/1 }
    steps:
      - ask: { context: { amount: 100 } }
        expect: allow
`;

test('a version in shadow judges every request and decides none; it is promoted as it was, and rolled back', async () => {
  const shadow = await apply(admin, { source: set(50), shadow: true, reason });
  expect(shadow).toMatchObject({ version: 2, state: 'shadow', changed: true });
  expect(await apply(admin, { source: set(50), shadow: true })).toMatchObject({ version: 2, changed: false });
  const answer = await ask('a', 60);
  expect(answer.decision).toBe(true);
  const seen = await showDecision(admin, { id: String(answer.context.evaluation_id) });
  expect(seen.trace.rules.map((rule) => [rule.mode, rule.fired, rule.verdict])).toEqual([
    ['enforce', false, 'allow'],
    ['shadow', true, 'deny'],
  ]);
  expect(seen.trace.exposures).toHaveLength(1);
  expect(seen.trace.sets.map((one) => [one.version, one.mode])).toEqual([
    [1, 'enforce'],
    [2, 'shadow'],
  ]);
  expect(await shadowResults(admin, { set: 'pay' })).toMatchObject({
    rules: [{ rule: 'cap', verdict: 'deny', fired: 1, wouldChange: 1, identities: [{ name: 'svc-1', fired: 1 }] }],
    version: { version: 2, judged: 1, stricter: 1, looser: 0 },
  });
  await expect(promote(admin, { name: 'pay', version: 1, reason })).rejects.toMatchObject({ code: 'conflict' });
  await expect(promote(admin, { name: 'pay', version: 2, reason: '' })).rejects.toThrow();
  expect(await promote(admin, { name: 'pay', version: 2, reason })).toEqual({
    name: 'pay',
    version: 2,
    replaces: 1,
    notes: [],
  });
  expect((await ask('b', 60)).decision).toBe(false);
  // What was counted goes on: the same exposure, under the new limit.
  expect((await ask('a', 1)).decision).toBe(false);
  expect(await rollBack(admin, { name: 'pay', version: 1, reason })).toEqual({
    name: 'pay',
    version: 3,
    replaces: 2,
    notes: [],
  });
  expect((await ask('a', 1)).decision).toBe(true);
  const { versions } = await show(admin, { name: 'pay' });
  expect(versions.map((row) => [row.version, row.state, row.basedOn])).toEqual([
    [3, 'active', 1],
    [2, 'retired', 1],
    [1, 'retired', null],
  ]);
  expect(versions[1]).toMatchObject({ activatedBy: 'Ada', activatedFor: reason });
  const audit = await prisma().auditEntry.findMany({ where: { targetName: 'pay' }, orderBy: { id: 'asc' } });
  expect(audit.map((row) => [row.action, row.reason])).toEqual([
    ['policy.apply', null],
    ['policy.shadow', reason],
    ['policy.promote', reason],
    ['policy.roll_back', reason],
  ]);
});

test('a limit on a meter that only the shadow version has counts nothing', async () => {
  const other = set(50).replace('over: 24h', 'over: 1h');
  const { notes } = await apply(admin, { source: other, shadow: true });
  expect(notes).toEqual([expect.stringContaining('1 limit can not fire in shadow (cap)')]);
  expect((await shadowResults(admin, { set: 'pay' })).deaf).toBe(notes[0]);
  const answer = await ask('c', 60);
  expect(answer.decision).toBe(true);
  const { trace } = await showDecision(admin, { id: String(answer.context.evaluation_id) });
  expect(trace.rules.at(-1)).toMatchObject({
    mode: 'shadow',
    fired: false,
    saw: expect.stringContaining('not counted'),
  });
  await retire(admin, { name: 'pay', reason, what: 'shadow' });
  expect((await show(admin, { name: 'pay' })).versions[0]).toMatchObject({ state: 'retired' });
});

test('an exemption lets a rule pass from the next request until its time, without any job; the trace says so', async () => {
  await ask('d', 100);
  const denied = await ask('d', 1);
  expect(denied.decision).toBe(false);
  const { identityId } = (await showDecision(admin, { id: String(denied.context.evaluation_id) })).decision;
  const given = { set: 'pay', rule: 'cap', identityId, reason: 'migration weekend' };
  const soon = () => new Date(Date.now() + 1_500).toISOString();
  await expect(exempt(admin, { ...given, rule: 'cup', until: soon() })).rejects.toMatchObject({
    publicMessage: 'pay has no rule "cup". Did you mean "cap"?',
  });
  await expect(exempt(admin, { ...given, until: new Date(0).toISOString() })).rejects.toMatchObject({
    code: 'input.invalid',
  });
  const { id } = await exempt(admin, { ...given, until: soon() });
  const passed = await ask('d', 1);
  expect(passed.decision).toBe(true);
  const { trace } = await showDecision(admin, { id: String(passed.context.evaluation_id) });
  expect(trace.rules[0]).toMatchObject({ fired: true, exempt: id });
  expect((await ask('d', 1, 'svc-2')).decision).toBe(false); // nobody else
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  expect((await ask('d', 1)).decision).toBe(false); // its time is over
  expect(await listExemptions(admin, { identityId })).toEqual([]);
  expect(await listExemptions(admin, { set: 'pay', past: true })).toMatchObject([
    { id, state: 'expired', createdBy: 'Ada' },
  ]);
  const again = await exempt(admin, { ...given, until: new Date(Date.now() + 60_000).toISOString() });
  expect((await ask('d', 1)).decision).toBe(true);
  await endExemption(admin, { id: again.id, reason: 'done early' });
  expect((await ask('d', 1)).decision).toBe(false);
});

test('a draft is saved over what was seen, never over what somebody else saved', async () => {
  expect((await openDraft(admin, { name: 'pay' }))?.draft).toMatchObject({ revision: null, baseVersion: 3 });
  const draft = { name: 'pay', source: 'set: pay\nrules: [', tests: [], baseVersion: 3 };
  expect(await saveDraft(admin, { ...draft, revision: null })).toEqual({ revision: 1 });
  expect(await saveDraft(admin, { ...draft, revision: 1 })).toEqual({ revision: 2 });
  await expect(saveDraft(admin, { ...draft, revision: 1 })).rejects.toMatchObject({ code: 'conflict' });
  await expect(saveDraft(admin, { ...draft, revision: null })).rejects.toMatchObject({ code: 'conflict' });
  expect((await openDraft(admin, { name: 'pay' }))?.draft).toMatchObject({ revision: 2, source: draft.source });
  await apply(admin, { source: set(70) });
  expect((await openDraft(admin, { name: 'pay' }))?.draft).toMatchObject({ revision: null, source: set(70) });
});

test('a backtest says whom a candidate would have refused or let pass, by identity and rule, and changes nothing', async () => {
  await apply(admin, { source: set(100) });
  const from = new Date().toISOString();
  for (const [resource, amount, subject] of [
    ['x', 60, 'svc-1'],
    ['x', 30, 'svc-2'],
    ['x', 20, 'svc-2'], // over 100: refused
    ['y', 10, 'svc-3'],
  ] as const)
    await ask(resource, amount, subject);
  const before = await prisma().exposure.findMany({ orderBy: { id: 'asc' } });
  const tighter = await backtest(admin, { source: set(50), from });
  expect(tighter).toMatchObject({
    against: expect.any(Number),
    decisions: 4,
    reproduced: 4,
    unchanged: 2,
    changes: { newlyRefused: 1, newlyAllowed: 1, stepUps: 0, other: 0 },
    value: [{ unit: 'EUR', refused: '60', allowed: '20' }],
    byIdentity: [
      { name: 'svc-1', newlyRefused: 1 },
      { name: 'svc-2', newlyAllowed: 1 },
    ],
  });
  // 60 would have been refused, so 30 and 20 fit under 50.
  expect(tighter.rows.map((row) => [row.identityName, row.amount, row.was, row.now, row.nowRule])).toEqual([
    ['svc-2', '20', 'deny', 'allow', null],
    ['svc-1', '60', 'allow', 'deny', 'cap'],
  ]);
  expect(await backtest(admin, { source: set(100), from })).toMatchObject({ unchanged: 4, rows: [] });
  expect(await prisma().exposure.findMany({ orderBy: { id: 'asc' } })).toEqual(before);
});

test('a backtest that was asked for is run by a job and tells how far it is', async () => {
  const { id, total } = await requestBacktest(admin, { source: set(50) });
  expect(total).toBeGreaterThan(4);
  expect(await showBacktest(admin, { id })).toMatchObject({ state: 'waiting', result: null });
  await runBacktest({ id, limit: 10_000 }, new AbortController().signal);
  const done = await showBacktest(admin, { id });
  expect(done).toMatchObject({ state: 'done', set: 'pay', done: total, result: { decisions: total } });
  await expect(requestBacktest(admin, { source: 'set: x\nruls: []' })).rejects.toMatchObject({
    code: 'policy.invalid',
  });
});
