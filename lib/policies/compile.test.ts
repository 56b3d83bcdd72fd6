// What every word of a rule becomes, and what is kept of a set that has been compiled.
import { describe, expect, test } from 'vitest';
import { compile, isCompiled } from '@/lib/policies/compile';
import { compiled, meters, rule, said } from '@/lib/policies/testing-compiled';

describe('a rule', () => {
  test('of each kind, with everything it can say', () => {
    expect(compiled(rule('deny: "true"')).rules[0]).toMatchObject({
      id: 'a',
      kind: 'deny',
      shadow: false,
      failOpen: false,
      message: null,
      on: null,
      limit: null,
      acrValues: [],
      maxTrustSecs: null,
      obligations: [],
      approval: null,
    });
    const full = compiled(
      rule(
        'step_up: context.x == 1\non: action.name == "act"\nmode: shadow\nfail: open\nmessage: No.\nacr_values: [mfa, key]\nmax_trust_age: 15m\napproval: { for: 10m, uses: 3, wait: 2h, automatic: context.y, binds: [x], pace: { most: 3, within: 1h } }',
      ),
    ).rules[0]!;
    expect(full).toMatchObject({
      kind: 'step_up',
      shadow: true,
      failOpen: true,
      message: 'No.',
      on: { source: 'action.name == "act"' },
      when: { source: 'context.x == 1' },
      acrValues: ['mfa', 'key'],
      maxTrustSecs: 900,
      approval: {
        secs: 600,
        uses: 3,
        waitSecs: 7200,
        automatic: { source: 'context.y' },
        binds: ['x'],
        pace: { most: 3, secs: 3600 },
      },
    });
    const approval = compiled(rule('deny: "true"\napproval: { for: 10m }')).rules[0]!.approval!;
    expect([approval.automatic, approval.binds, approval.secs]).toEqual([null, null, 600]);
    expect(compiled(rule('allow: "true"')).rules[0]!.kind).toBe('allow');
    expect(compiled(rule('step_up: "true"')).rules[0]).toMatchObject({
      acrValues: [],
      maxTrustSecs: null,
      approval: null,
    });
    const shadow = compiled(`${rule('deny: "true"')}mode: shadow\n`);
    expect([shadow.mode, shadow.rules[0]!.shadow]).toEqual(['shadow', true]);
  });

  test('that limits', () => {
    const limit = (text: string, line?: string) => compiled(rule(`limit: { meter: m, ${text} }`, line)).rules[0]!;
    expect(limit('max: 7').limit).toEqual({ meter: 'm', max: 7n, warn: [80, 90], verdict: 'deny' });
    expect([limit('max: 7').kind, limit('max: 7').when]).toEqual(['limit', null]);
    const sum = 'sum: context.n, unit: EUR, scale: 2, per: identity';
    expect(limit('max: 7.25, warn: [95, 5, 50], verdict: pause', sum).limit).toEqual({
      meter: 'm',
      max: 725n,
      warn: [5, 50, 95],
      verdict: 'pause',
    });
    const computed = limit('max: "context.max", warn: [95, 5, 50], verdict: step_up').limit!;
    expect(computed).toMatchObject({ max: { source: 'context.max' }, warn: [5, 50, 95], verdict: 'step_up' });
    const stepped = compiled(
      rule(
        'limit: { meter: m, max: 1, verdict: step_up }\nacr_values: [mfa]\nmax_trust_age: 1m\napproval: { for: 10m }',
      ),
    ).rules[0]!;
    expect(stepped).toMatchObject({ acrValues: ['mfa'], maxTrustSecs: 60, approval: { secs: 600 } });
  });

  test('that is wrong says so where it is', () => {
    expect(said(rule('deny: "true"\non: nobody'))).toEqual([expect.stringMatching(/^rules\.0\.on: Unknown/)]);
    expect(said(rule('deny: nobody'))).toEqual([expect.stringMatching(/^rules\.0\.deny: Unknown/)]);
    expect(said(rule('deny: "true"\napproval: { for: 10m, automatic: nobody }'))).toEqual([
      expect.stringMatching(/^rules\.0\.approval\.automatic: Unknown/),
    ]);
    expect(said(rule('limit: { meter: m, max: 1 }\napproval: { for: 10m }'))).toEqual([
      'rules.0.approval: Only a limit with verdict: step_up can be approved; this one always holds.',
    ]);
    expect(said(rule('limit: { meter: m, max: 1 }\nacr_values: [mfa]'))).toEqual([
      'rules.0.acr_values: Assurance is asked for by verdict: step_up.',
    ]);
    expect(said(rule('limit: { meter: m, max: 1 }\nmax_trust_age: 5m'))).toEqual([
      'rules.0.max_trust_age: Assurance is asked for by verdict: step_up.',
    ]);
    expect(said(rule('limit: { meter: m, max: "nobody" }'))).toEqual([
      expect.stringMatching(/^rules\.0\.limit\.max: Unknown/),
    ]);
    expect(said(rule('limit: { meter: m, max: "context.x == 1" }'))).toEqual([
      expect.stringMatching(/rules\.0\.limit\.max: This gives bool, not int or double\./),
    ]);
    expect(said(rule('allow: "true"\nobligations: [notification, identity_pause]'))).toEqual([
      'rules.0.obligations.1: A rule that allows ends nothing: identity_pause goes with another.',
    ]);
    expect(said(rule('deny: "true"\nobligations: [{ type: x, at: 5 }, { type: y }]'))).toEqual([
      'rules.0.obligations.0.at: at is a percentage of a limit: this rule has none.',
    ]);
  });

  test('obliges as it says', () => {
    const of = (text: string) =>
      compiled(rule(`limit: { meter: m, max: 1 }\nobligations: ${text}`)).rules[0]!.obligations;
    expect(of('[notification, { type: x, at: 50, properties: { to: soc } }, { type: identity_pause }]')).toEqual([
      { type: 'notification', at: null, properties: {} },
      { type: 'x', at: 50, properties: { to: 'soc' } },
      { type: 'identity_pause', at: null, properties: {} },
    ]);
  });
});

describe('a set', () => {
  test('keeps what it declares, and nothing where it declares nothing', () => {
    const entities = '  resources:\n    - { type: r, id: "1" }\n';
    expect(
      compiled(`set: t\ndefault: deny\nentities:\n${entities}rules:\n  - id: a\n    allow: "true"\n`),
    ).toMatchObject({
      name: 't',
      default: 'deny',
      mode: 'enforce',
      entities: { resources: [{ type: 'r', id: '1' }] },
    });
    expect('entities' in compiled(meters('count: true, per: identity'))).toBe(false);
  });

  test('is compiled once for a source, and each version is its own', () => {
    const source = rule('deny: "true"');
    const row = { version: 1, hash: 'of this test', source, mode: 'enforce' };
    expect(isCompiled('of this test')).toBe(false);
    const first = compile(row);
    expect(isCompiled('of this test')).toBe(true);
    expect(compile({ ...row, source: null }).rules[0]).toBe(first.rules[0]);
    expect(compile({ ...row, version: 2 })).toMatchObject({ version: 2, hash: 'of this test', name: 't' });
    expect('exemptions' in compile({ ...row, exemptions: [] })).toBe(false);
    expect('exemptions' in compile({ ...row, exemptions: null })).toBe(false);
    const exemptions = [{ id: 'e', rule: 'a', scope: 'identity' as const, subjectId: 'i', untilMs: 1 }];
    expect(compile({ ...row, exemptions }).exemptions).toBe(exemptions);
    const shadow = compile({ ...row, state: 'shadow' });
    expect([shadow.mode, shadow.rules.map((one) => one.shadow), shadow.meters]).toEqual([
      'shadow',
      [true],
      first.meters,
    ]);
    expect([compile(row).mode, compile({ ...row, state: 'active' }).rules[0]!.shadow]).toEqual(['enforce', false]);
  });

  test('that no longer compiles says why', () => {
    const stored = (source: string | null) => () => compile({ version: 1, hash: 'broken', source, mode: 'enforce' });
    expect(stored('set: t\nrules: x\n')).toThrow('A stored policy set no longer compiles.');
    expect(stored(null)).toThrow('A stored policy set no longer compiles.');
    try {
      stored('set: t\nrules: x\n')();
    } catch (error) {
      expect((error as { detail: { path: string }[] }).detail.map((one) => one.path)).toContain('rules');
    }
    expect(isCompiled('broken')).toBe(false);
  });

  test('is forgotten for two hundred others, the oldest first', () => {
    const source = meters('count: true, per: identity');
    const named = (i: number) => ({ version: 1, hash: `kept ${i}`, source, mode: 'enforce' });
    for (let i = 0; i < 201; i++) compile(named(i));
    expect([isCompiled('kept 0'), isCompiled('kept 1'), isCompiled('kept 200')]).toEqual([false, true, true]);
  });
});
