import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { projectRoot } from '@/lib/platform/env';
import { check } from '@/lib/policies/check';
import { checkDir } from '@/lib/policies/check-dir';
import { merge } from '@/lib/policies/merge';
import { durationSecs } from '@/lib/policies/model';
import { readDir } from '@/lib/policies/read-dir';

const set = (rules: string, meters = '') =>
  `set: t\ndefault: allow\n${meters ? `meters:\n${meters}\n` : ''}rules:\n${rules}\n`;
const problem = (source: string) => {
  const { problems } = check(source);
  expect(problems.length).toBeGreaterThan(0);
  return `${problems[0]!.line}:${problems[0]!.column} ${problems[0]!.message}`;
};

test('what is wrong is said at its line and column, with what was meant', () => {
  const meters = '  paid: { sum: context.amount, unit: EUR, per: resource.id, over: 24h }';
  expect(problem(set('  - id: a\n    limit: { meter: payd, max: 1 }', meters))).toBe(
    '7:21 There is no meter "payd". Did you mean "paid"?',
  );
  expect(problem(set('  - id: a\n    dney: "true"'))).toMatch(/^5:5 .*"dney" is not known\. Did you mean "deny"\?/);
  expect(problem(set('  - id: a\n    deny: session.netwrk == "x"'))).toBe(
    '5:19 No such key: netwrk. Did you mean "network"?',
  );
  expect(problem(set('  - id: a\n    deny: "meters.payd.total > 3"', meters))).toBe(
    '7:19 No such key: payd. Did you mean "paid"?',
  );
  expect(problem(set('  - id: a\n    deny: 1 + 1'))).toBe('5:11 This gives int, not bool.');
  expect(problem(set('  - id: a\n    deny: "true"\n  - id: a\n    deny: "true"'))).toContain('already a rule "a"');
  expect(problem(set('  - id: a\n    limit: { meter: paid, max: 1.5 }', meters))).toContain('more than the 0 decimals');
  expect(problem('set: t\nrules: [')).toMatch(/^\d+:\d+ /);
  expect(problem('set: t\nset: u\nrules: []')).toContain('unique');
  expect(problem(set('', '  m: { count: true, per: identity, settle: explicit }').replace('rules:\n\n', ''))).toContain(
    'needs a hold',
  );
  expect(problem('[]')).toContain('is a map');
});

test('what could stall a decision is refused when it is saved', () => {
  const deny = (text: string) => problem(set(`  - id: a\n    deny: '${text}'`));
  expect(deny('action.name.matches("(a+)+$")')).toContain('matches is not available');
  expect(deny('sessions.exists(a, sessions.exists(b, sessions.exists(c, a.id == c.id && b.id == c.id)))')).toContain(
    'more than two deep',
  );
  expect(deny('(sessions + sessions).exists(a, a.id == "x")')).toContain('loop over an attribute');
  const long = Array.from({ length: 20 }, (_, i) => `a.id != "${i}" && b.id != "${i}"`).join(' && ');
  expect(deny(`sessions.exists(a, sessions.exists(b, ${long}))`)).toContain('too long');
  expect(
    check(set(`  - id: a\n    deny: sessions.exists(a, sessions.exists(b, a.id != b.id && a.region != b.region))`)).ok,
  ).toBe(true);
});

test('any text at all is answered, never thrown at', () => {
  fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => void check(text)));
  fc.assert(
    fc.property(
      fc.jsonValue(),
      (value) => void check(JSON.stringify({ set: 't', rules: [value], meters: { m: value } })),
    ),
  );
});

test('a folder is one set; the sample folder compiles', () => {
  const files = readDir(path.join(projectRoot(), 'docs/examples/policies/payments'));
  expect(checkDir(files)).toMatchObject({ ok: true, document: { set: 'payments', meters: { job: { lease: true } } } });
  expect(() =>
    merge([
      { name: 'a.yaml', text: 'x: 1' },
      { name: 'b.yaml', text: 'y: 1' },
    ]),
  ).toThrow('set.yaml');
  expect(checkDir([...files, { name: 'z.yaml', text: 'set: other' }]).problems[0]!.message).toContain(
    'only set.yaml may say',
  );
});

test('durations', () => {
  expect(['90s', '15m', '24h', '7d', '2w', '366d'].map(durationSecs)).toEqual([
    90, 900, 86_400, 604_800, 1_209_600, 31_622_400,
  ]);
  expect(['0s', '1y', '367d', '-1h', '1 h', ''].map(durationSecs)).toEqual([null, null, null, null, null, null]);
});
