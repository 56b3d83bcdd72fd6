// Every problem has a code that says of what it is, stands where it is, and follows from nothing else that is said.
import { describe, expect, test } from 'vitest';
import { check } from '@/lib/policies/check';
import { suggest } from '@/lib/policies/suggest';

const said = (source: string | { name: string; text: string }[]) =>
  check(source).problems.map((one) => `${one.code} ${one.path}: ${one.message}`);
const METER = 'meters:\n  m: { count: true, per: identity }\n';
const rules = (lines: string, meters = METER) => `set: t\ndefault: allow\n${meters}rules:\n${lines}`;

describe('a code', () => {
  test('says whether it is of a meter, a rule or the set', () => {
    expect(said(rules('  - id: a\n    limit: { meter: n, max: 1 }\n'))).toEqual([
      'meter.unknown rules.0.limit.meter: There is no meter "n". Did you mean "m"?',
    ]);
    expect(said(rules('  - id: a\n    deny: "true"\n  - id: a\n    deny: "true"\n'))).toEqual([
      'rule.duplicate rules.1.id: There is already a rule "a".',
    ]);
    expect(said(rules('  - id: a\n    limit: { meter: m, max: 1.5 }\n'))).toEqual([
      'rule.invalid rules.0.limit.max: max has more than the 0 decimals of this meter.',
    ]);
    expect(said(rules('  - id: a\n    deny: "true"\n    obligations: [{ type: id, at: 5 }]\n'))).toEqual([
      'rule.invalid rules.0.obligations.0.at: at is a percentage of a limit: this rule has none.',
    ]);
    const meter = 'meters:\n  id: { count: true, per: identity, over: 1h, window: lifetime }\n';
    expect(said(rules('', meter).replace('rules:\n', ''))).toEqual([
      'meter.invalid meters.id.window: over and window exclude each other: over: 24h is window: { sliding: 24h }.',
    ]);
    expect(said('set: t\nrules: []\n')).toEqual([
      'set.invalid set: This set has no rules and denies everything: write default: deny and an allow rule, or rules.',
    ]);
    expect(said('set: t\ndefault: allow\n')).toEqual([]);
    expect(said(`set: t\n${METER}`)).toEqual([]);
  });

  test('that a set is empty is not said where its rules and meters could not be read', () => {
    const broken = said('set: t\nrules:\n  - id: a\n    dney: "true"\n');
    expect(broken).toHaveLength(1);
    expect(broken.join()).toContain('Did you mean "deny"');
    expect(said('set: t\nruls:\n  - id: a\n    deny: "true"\n')).toEqual([
      expect.stringMatching(/^key\.unknown ruls: .*Did you mean "rules"\?$/),
    ]);
  });

  test('of what is no set at all is of its shape', () => {
    for (const source of ['[]', 'text', '5', '~'])
      expect([source, check(source).problems[0]?.code]).toEqual([source, 'source.shape']);
  });
});

describe('problems', () => {
  test('stand in their order, a hundred at most', () => {
    const many = rules(Array.from({ length: 120 }, (_, i) => `  - id: r${i}\n    deny: x${i}\n`).join(''));
    const { problems } = check(many);
    expect(problems).toHaveLength(100);
    expect(problems.map((one) => one.line)).toEqual(Array.from({ length: 100 }, (_, i) => 7 + 2 * i));
    const one = check(rules('  - { id: a, deny: y1 && x1, message: 5 }\n')).problems;
    expect(one.map((each) => each.column)).toEqual([...one.map((each) => each.column)].sort((a, b) => a - b));
  });

  test('of several rules stand at their own, also where one before them could not be read', () => {
    expect(said(rules('  - id: a\n    nothing: 1\n  - id: b\n    deny: x\n'))).toEqual([
      expect.stringMatching(/^key\.unknown rules\.0\.nothing: /),
      expect.stringMatching(/^expression\.unknown rules\.1\.deny: Unknown variable: x\./),
    ]);
  });

  test('that only follow from a meter that could not be read are not said, others are', () => {
    const two = 'meters:\n  ok: { count: true, per: identity }\n  bad: { cuont: true }\n';
    const of = (rule: string, meters = two) => said(rules(`  - id: a\n    ${rule}\n`, meters)).slice(1);
    expect(of('limit: { meter: bad, max: 1 }')).toEqual([]);
    expect(of('deny: meters.bad.total > 1')).toEqual([]);
    expect(of('limit: { meter: worse, max: 1 }')).toHaveLength(1);
    expect(of('deny: meters.okay.total > 1')).toHaveLength(1);
    expect(of('deny: session.bad == "x"')).toEqual([]);
    expect(of('deny: session.netwrk == "x"')).toHaveLength(1);
    expect(of('deny: unknown == "x"')).toHaveLength(1);
    expect(of('deny: meters.bad.total > 1', 'meters:\n  bad: { cuont: true }\n')).toEqual([]);
    expect(of('deny: 1 + 1')).toHaveLength(1);
  });

  test('of one meter or rule are said in one go: what is wrong with it is taken out, and the rest is looked at', () => {
    const codes = (source: string) => said(source).map((one) => one.split(':')[0]);
    expect(
      codes(rules('  - { id: a, mesage: x, on: actoin.name == "p", limit: { meter: n, max: -1, wran: [80] } }\n')),
    ).toEqual([
      'key.unknown rules.0.mesage',
      'expression.unknown rules.0.on',
      'meter.unknown rules.0.limit.meter',
      'value.invalid rules.0.limit.max',
      'key.unknown rules.0.limit.wran',
    ]);
    expect(codes(rules('  - { deny: x, obligations: [{ type: notification, at: 5, propertys: {} }] }\n'))).toEqual([
      'key.missing rules.0.id',
      'expression.unknown rules.0.deny',
      'key.unknown rules.0.obligations.0.propertys',
    ]);
    const meter =
      'meters:\n  m: { count: true, pre: identity, on: actoin.name == "p", settle: explicit, hold: soon }\n';
    expect(codes(rules('  - { id: a, limit: { meter: m, max: 1 } }\n', meter))).toEqual([
      'key.missing meters.m.per',
      'key.unknown meters.m.pre',
      'expression.unknown meters.m.on',
      'value.invalid meters.m.hold',
    ]);
  });

  test('that only follow from what was taken out are not said', () => {
    const meter = 'meters:\n  m: { sum: context.amount, unit: EUR, scale: many, per: identity }\n';
    expect(said(rules('  - { id: a, limit: { meter: m, max: 0.005 } }\n', meter))).toHaveLength(1);
    expect(said(rules('  - { deny: "true" }\n  - { deny: "true" }\n'))).toHaveLength(2);
    expect(
      said(rules('  - { id: a, limit: { meter: m, max: 1, verdict: stepup }, acr_values: [mfa] }\n')),
    ).toHaveLength(1);
  });

  test('of a text that ends too early stand where it ends', () => {
    const where = (rule: string) =>
      check(rules(`  - ${rule}\n  - id: b\n    deny: "true"\n`)).problems.map((one) => `${one.line}:${one.column}`);
    expect(where('{ id: a, deny: session.region == }')).toEqual(['6:37']);
    expect(where('id: a\n    deny: session.region ==')).toEqual(['7:28']);
    expect(where('id: a\n    deny: "session.region =="')).toEqual(['7:29']);
    expect(where('id: a\n    deny: >-\n      session.region\n      ==\n\n    message: no')).toEqual(['9:9']);
  });

  test('of a scope say which scopes there are, of another expression they do not', () => {
    const scope = said(rules('', 'meters:\n  m: { count: true, per: identty }\n').replace('rules:\n', ''));
    expect(scope).toEqual([expect.stringMatching(/Unknown variable: identty\..*Did you mean "identity"\?/)]);
    const member = said(rules('', 'meters:\n  m: { count: true, per: session.netwrk }\n').replace('rules:\n', ''));
    expect(member).toEqual(['expression.unknown meters.m.per: No such key: netwrk. Did you mean "network"?']);
  });

  test('of a meter or rule say what it has to be', () => {
    const kinds = 'A rule has exactly one of';
    const of = (rule: string) => said(rules(`  - ${rule}\n`));
    expect(of('{ id: a }')).toEqual([`kind.invalid rules.0: ${kinds} limit, step_up, deny, pause, allow.`]);
    expect(of('{ id: a, deny: x, pause: y }')).toEqual([
      `kind.invalid rules.0: ${kinds} limit, step_up, deny, pause, allow. This one has deny and pause.`,
    ]);
    expect(of('{ id: a, dny: x }')).toEqual([
      `key.unknown rules.0.dny: ${kinds} limit, step_up, deny, pause, allow. "dny" is not known. Did you mean "deny"?`,
    ]);
    expect(of('text')).toEqual([`kind.invalid rules.0: ${kinds} limit, step_up, deny, pause, allow.`]);
    expect(said('set: t\ndefault: allow\nmeters:\n  m: [1]\n')[0]).toMatch(
      /^kind\.invalid meters\.m: A meter has exactly one of/,
    );
  });

  test('of the set itself are each said once', () => {
    expect(said(`sat: t\ndefault: maybe\nrules: x\n${METER}`).map((one) => one.split(':')[0])).toEqual([
      'key.missing set',
      'key.unknown sat',
      'value.invalid default',
      'value.invalid rules',
    ]);
  });

  test('only the first two hundred rules are read', () => {
    const many = rules(Array.from({ length: 201 }, (_, i) => `  - id: r${i}\n    deny: "true"\n`).join(''));
    expect(check(many).problems.map((one) => one.path)).toEqual(['rules']);
    const last = rules(
      Array.from({ length: 201 }, (_, i) => `  - id: r${i}\n    deny: ${i === 200 ? 'x' : '"true"'}\n`).join(''),
    );
    expect(check(last).problems.map((one) => one.path)).toEqual(['rules']);
  });
});

describe('what was probably meant', () => {
  test('is the nearest known word within a third of its length, or one letter', () => {
    const known = ['network', 'region', 'id'];
    expect(suggest('netwrk', known)).toBe(' Did you mean "network"?');
    expect(suggest('NETWORK', known)).toBe(' Did you mean "network"?');
    expect(suggest('netxxx', known)).toBe(' Known: network, region, id.');
    expect(suggest('nexxwok', known)).toBe(' Did you mean "network"?');
    expect(suggest('xd', known)).toBe(' Did you mean "id"?');
    expect(suggest('xy', known)).toBe(' Known: network, region, id.');
    expect(suggest('regio', ['xregion', 'region'])).toBe(' Did you mean "region"?');
    expect(suggest('noiger', known)).toBe(' Known: network, region, id.');
  });

  test('where nothing is near what is known is listed, up to twelve words', () => {
    const words = (count: number) => Array.from({ length: count }, (_, i) => `word-number-${i}`);
    expect(suggest('zzz', words(12))).toContain('Known: word-number-0, ');
    expect([suggest('zzz', words(13)), suggest('zzz', [])]).toEqual(['', '']);
    expect(suggest('a'.repeat(10_000), ['a'.repeat(64)])).toBe(` Did you mean "${'a'.repeat(64)}"?`);
  });
});
