import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { projectRoot } from '@/lib/platform/env';
import { isTest } from '@/lib/policies/is-test';
import { merge } from '@/lib/policies/merge';
import { orders } from '@/lib/policies/orders';
import { readDir } from '@/lib/policies/read-dir';
import { runTests } from '@/lib/policies/run-tests';

const root = path.join(projectRoot(), 'docs/examples/policies');
const examples = fs.readdirSync(root).filter((name) => fs.statSync(path.join(root, name)).isDirectory());
const filesOf = (name: string) => {
  const files = readDir(path.join(root, name));
  return { source: merge(files), tests: files.filter((file) => isTest(file.name)) };
};

describe.each(examples.filter((name) => filesOf(name).tests.length))('the template %s', (name) => {
  const { source, tests } = filesOf(name);
  test('holds under its own fixtures, which make every rule fire', () => {
    expect(runTests({ policies: source, tests })).toMatchObject({ ok: true, problems: [], unfired: [] });
  });
  test('has fixtures that notice when any one rule is gone', () => {
    const rules = parseDocument(source).toJS().rules as { id: string; mode?: string }[];
    for (const [index, rule] of rules.entries()) {
      const without = parseDocument(source);
      without.deleteIn(['rules', index]);
      expect(runTests({ policies: without.toString(), tests }).ok, `without ${rule.id}`).toBe(false);
    }
  });
});

const set = (rules: string) => `set: t
default: allow
meters:
  paid: { sum: context.amount, unit: EUR, scale: 2, per: resource, over: 24h }
rules:
${rules}`;
const cap = '  - id: cap\n    limit: { meter: paid, max: 10 }\n';
const run = (steps: string, rules = cap, head = '') =>
  runTests({
    policies: set(rules),
    tests: [
      {
        name: 'a.test.yaml',
        text: `defaults: { as: svc, action: pay, resource: account/1 }\ntests:\n  - name: one\n    ${head}\n    steps:\n${steps.replace(/^/gm, '      ')}\n`,
      },
    ],
  });

test('a fixture that fails says where, what was expected, what came and why', () => {
  const report = run(`- ask: { session: a, context: { amount: 6.50 } }
  expect: allow
- ask: { session: b, context: { amount: 6.50 } }
  expect: { verdict: allow, exposure: { paid: { after: 13, limit: 20 } } }
- ask: { session: c, context: { amount: 1 } }
  expect: deny`);
  expect(report.ok).toBe(false);
  const [failed] = report.tests;
  expect(failed!.steps).toHaveLength(2); // what follows a failure would only follow from it
  expect(failed!.steps[1]).toMatchObject({
    line: 8,
    verdict: 'deny',
    rule: 'cap',
    what: 'pay on account/1 by svc from b',
  });
  expect(
    failed!.steps[1]!.differences.map((one) => `${one.what}: ${one.expected} / ${one.came}`.replaceAll('\u00a0', ' ')),
  ).toEqual([
    'verdict: allow / deny',
    'exposure paid, after: 13 EUR / 6.50 EUR',
    'exposure paid, limit: 20 EUR / 10 EUR',
  ]);
  const why = failed!.steps[1]!.why.join('\n').replaceAll('\u00a0', ' ');
  expect(why).toContain('rule cap fired: 6.50 + 6.50 > 10 EUR; alone it does not');
  expect(why).toContain('a 6.50');
});

test('an order that breaks a promise is found and named', () => {
  const late =
    '  - id: late\n    deny: sessions.exists(s, s.id != session.id && s.age_secs >= session.age_secs && s.label == "b")\n';
  const report = run(
    `- any_order: { a: [{ context: { amount: 1 } }], b: [{ context: { amount: 1 } }] }
  expect: { allowed: 2 }`,
    late,
  );
  expect(report.tests[0]).toMatchObject({ ok: false, orders: 2 });
  expect(report.tests[0]!.order).toHaveLength(2);
  expect(report.tests[0]!.steps[0]!.differences[0]).toMatchObject({ what: 'allowed', expected: '2', came: '1' });
});

test('a session that times out begins anew, one that was ended does not; a revoked identity is denied', () => {
  const report = run(`- ask: { session: a, context: { amount: 1 } }
  expect: allow
- advance: 20m
- ask: { session: a, context: { amount: 1 } }
  expect: allow
- end_session: a
- ask: { session: a, context: { amount: 1 } }
  expect: { verdict: deny, reason: session_terminated, alone: deny }
- ask: { context: { amount: 1 } }
  expect: { verdict: allow, alone: null }
- identity: { state: revoked }
- ask: { session: b, context: { amount: 1 } }
  expect: { verdict: deny, reason: identity_revoked }`);
  expect(report.tests[0]!.steps.flatMap((step) => step.differences)).toEqual([]);
});

test('what a fixture gets wrong is said at its line', () => {
  const problems = (steps: string) =>
    run(steps).problems.map((one) => `${one.line}:${one.column} ${one.code} ${one.message}`);
  expect(problems('- ask: { sesion: a }')).toEqual([
    '6:16 key.unknown "sesion" is not known here. Did you mean "session"?',
  ]);
  expect(problems('- advanse: 10m')[0]).toMatch(/^6:9 fixture.step .*Did you mean "advance"\?$/);
  expect(problems('- ask: {}\n  expect: { reason: agregate_value_exceeded }')[0]).toContain(
    'Did you mean "aggregate_value_exceeded"?',
  );
  const missing = run('- settle: nothing');
  expect(missing.tests[0]!.steps[0]!.differences[0]!.came).toContain('There is no open hold nothing');
});

test('orders are all there are, none twice, each lane in its own order', () => {
  expect(orders({ a: 2, b: 2 }, 100)).toHaveLength(6);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), (counts) => {
      const lanes = Object.fromEntries(counts.map((count, index) => [`l${index}`, count]));
      const found = orders(lanes, 200);
      expect(new Set(found.map((one) => one.join())).size).toBe(found.length);
      expect(found.length).toBeLessThanOrEqual(200);
      for (const one of found)
        for (const [lane, count] of Object.entries(lanes))
          expect(one.filter((name) => name === lane)).toHaveLength(count);
    }),
  );
});

test('windows of the calendar and of live sessions, distinct members, refusals and trust hold in fixtures as they do live', () => {
  const source = `set: t
default: allow
meters:
  today: { sum: context.amount, unit: EUR, per: identity, window: { fixed: day, zone: Europe/Berlin }, on: action.name == "pay" }
  open: { sum: context.amount, unit: EUR, per: identity, window: live_sessions, on: action.name == "borrow" }
  places: { distinct: resource.id, per: identity, over: 1h, on: action.name == "read" }
  refused: { count: refused, per: identity, over: 10m, on: action.name == "guess" }
rules:
  - id: day
    limit: { meter: today, max: 10 }
  - id: open
    limit: { meter: open, max: 10 }
  - id: places
    limit: { meter: places, max: 2 }
  - id: never
    deny: action.name == "guess"
  - id: guesses
    limit: { meter: refused, max: 2, verdict: pause }
  - id: fresh
    on: action.name == "change"
    step_up: true
    acr_values: [phishing-resistant]
    max_trust_age: 15m
`;
  const tests = `defaults: { as: svc }
tests:
  - name: a day of Berlin ends at eleven in the evening, UTC, in winter
    at: 2026-01-05T22:00:00Z
    steps:
      - ask: { action: pay, session: a, context: { amount: 10 } }
        expect: allow
      - ask: { action: pay, session: b, context: { amount: 1 } }
        expect: { verdict: deny, rule: day }
      - advance: 61m
      - ask: { action: pay, session: b, context: { amount: 1 } }
        expect: allow
  - name: what a session borrowed leaves with it
    steps:
      - ask: { action: borrow, session: a, context: { amount: 10 } }
        expect: allow
      - ask: { action: borrow, session: b, context: { amount: 1 } }
        expect: { verdict: deny, rule: open }
      - end_session: a
      - ask: { action: borrow, session: b, context: { amount: 1 } }
        expect: allow
  - name: two places, read as often as one likes
    steps:
      - ask: { action: read, session: a, resource: room/1 }
        repeat: 3
        expect: allow
      - ask: { action: read, session: b, resource: room/2 }
        expect: allow
      - ask: { action: read, session: c, resource: room/3 }
        expect: { verdict: deny, rule: places, alone: allow }
      - ask: { action: read, session: c, resource: room/1 }
        expect: allow
  - name: a fresh assurance lets pass, and is remembered for a while
    steps:
      - ask: { action: change, session: a }
        expect: { verdict: step_up, rule: fresh }
      - ask: { action: change, session: a, assurance: { acr: phishing-resistant } }
        expect: allow
      - advance: 10m
      - ask: { action: change, session: a }
        expect: allow
      - advance: 10m
      - ask: { action: change, session: a }
        expect: step_up
      - ask: { action: change, session: b }
        expect: step_up
`;
  const report = runTests({ policies: source, tests: [{ name: 'a.test.yaml', text: tests }] });
  expect(report.problems).toEqual([]);
  expect(
    report.tests
      .flatMap((one) => one.steps)
      .flatMap((step) => step.differences.map((difference) => ({ ...difference, line: step.line, why: step.why }))),
  ).toEqual([]);
});
