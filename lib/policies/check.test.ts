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
    'Only set.yaml may say',
  );
});

test('one mistake hides no other, and what only follows from one is not said', () => {
  const source = `set: t
defualt: allow
meters:
  paid: { sum: context.amount, unit: EUR, per: resorce, over: 24h }
  broken: { sum: context.amount, unt: EUR, per: resource }
rules:
  - id: a
    limit: { meter: paid, mx: 10, verdict: denyy }
  - id: b
    deny: session.regoin == "eu"
  - id: c
    limit: { meter: broken, max: 1 }
  - id: d
    deny: meters.broken.total > 3
  - id: e
    deny: sessions.exist(s, s.id != "x")
  - id: f
    deny: session.region.startWith("eu")
`;
  const { problems } = check(source);
  expect(problems.map((one) => `${one.line}:${one.column} ${one.code} ${one.message}`)).toEqual([
    '2:1 key.unknown "defualt" is not known here. Did you mean "default"?',
    expect.stringMatching(/^4:48 expression.unknown Unknown variable: resorce\. Did you mean "resource"\?/),
    '5:11 key.missing unit is missing.',
    '5:34 key.unknown "unt" is not known here. Did you mean "unit"?',
    '8:12 key.missing max is missing.',
    '8:27 key.unknown "mx" is not known here. Did you mean "max"?',
    expect.stringMatching(/^8:44 value.invalid verdict: .*Did you mean "deny"\?$/),
    '10:19 expression.unknown No such key: regoin. Did you mean "region"?',
    expect.stringMatching(
      /^16:26 expression.unknown Unknown variable: s\. exist takes no variable\. Did you mean "exists"\?$/,
    ),
    expect.stringMatching(/^18:11 expression.function .*Did you mean "startsWith"\?$/),
  ]);
});

test('in a folder a problem stands in its own file; in folded text at its own line', () => {
  const files = [
    { name: 'set.yaml', text: 'set: t\ndefault: allow\nrules: []\n' },
    {
      name: 'meters.yaml',
      text: '# what is counted\nmeters:\n  paid: { sum: context.amount, unit: EUR, per: resorce }\n',
    },
    {
      name: 'rules.yaml',
      text: 'rules:\n  - id: a\n    deny: >-\n      session.region == "eu"\n      && session.netwrk == "x"\n  - id: b\n    limit: { meter: payd, max: 1 }\n',
    },
    { name: 'a.test.yaml', text: 'tests: []' },
  ];
  expect(checkDir(files).problems.map((one) => `${one.file}:${one.line}:${one.column}`)).toEqual([
    'meters.yaml:3:48',
    'rules.yaml:5:18',
    'rules.yaml:7:21',
  ]);
  expect(
    checkDir([...files, { name: 'z.yaml', text: 'meters: { paid: { count: true, per: identity } }' }]).problems.at(-1),
  ).toMatchObject({ file: 'z.yaml', line: 1, column: 11, code: 'meter.duplicate' });
  expect(checkDir(files.slice(1))).toMatchObject({ ok: false, problems: [{ code: 'folder.no_set' }] });
});

test('durations', () => {
  expect(['90s', '15m', '24h', '7d', '2w', '366d'].map(durationSecs)).toEqual([
    90, 900, 86_400, 604_800, 1_209_600, 31_622_400,
  ]);
  expect(['0s', '1y', '367d', '-1h', '1 h', ''].map(durationSecs)).toEqual([null, null, null, null, null, null]);
});
