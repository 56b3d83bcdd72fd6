// Sets, meters and views beside each other: what is of one is not taken for what is of another.
import { describe, expect, test } from 'vitest';
import type { CompiledSet } from '@/lib/policies/compiled-model';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';
import { compiledSet } from '@/lib/policies/testing-set';
import { COUNT, judge, limit, SUM, saw, set, shadow } from '@/lib/policies/testing-several';

describe('a limit', () => {
  test('counts on its own meter, not on another of its set or of the same name in another', () => {
    expect(judge([set('t', [`m: { ${COUNT} }`, `k: { ${SUM} }`], [limit('l', 'm', 10)])], { n: 50 }).verdict).toBe(
      'allow',
    );
    const others = [set('t', [`m: { ${COUNT} }`], [limit('l', 'm', 10)]), set('u', [`m: { ${SUM} }`])];
    expect(judge(others, { n: 50 }).verdict).toBe('allow');
    expect(judge(others.toReversed(), { n: 50 }).verdict).toBe('allow');
  });

  test('fails with its own meter, not with another that cannot be read', () => {
    const two = set(
      't',
      [`m: { ${SUM} }`, `k: { ${COUNT} }`],
      [limit('l', 'm', 10), limit('c', 'k', 0, '\n    mode: shadow')],
    );
    const found = judge([two], {});
    expect(found.judged.map((one) => one.outcome.reason)).toEqual(['attribute_missing', 'frequency_exceeded']);
    const sets = [
      set('t', [`m: { ${SUM} }`], [limit('l', 'm', 10)]),
      set('u', [`m: { ${COUNT} }`], [limit('l', 'm', 10)]),
    ];
    expect(judge(sets, {}).judged.map((one) => one.outcome.reason)).toEqual(['attribute_missing', 'ok']);
    expect(judge(sets.toReversed(), {}).judged.map((one) => one.outcome.reason)).toEqual(['ok', 'attribute_missing']);
  });

  test('of which only another meter has one does not answer for a meter that cannot be read', () => {
    const failing = set('t', [`m: { ${SUM} }`, `k: { ${COUNT} }`], [limit('c', 'k', 10, '\n    fail: open')]);
    expect(judge([failing], {})).toMatchObject({ verdict: 'deny', reason: 'attribute_missing', ruleId: null });
    const open = set(
      't',
      [`m: { ${SUM} }`, `k: { ${COUNT} }`],
      [limit('l', 'm', 10, '\n    fail: open'), limit('c', 'k', 10)],
    );
    expect(judge([open], {}).verdict).toBe('allow');
  });

  test('that decided is the one whose exposure is named; when all allow, the first that was read', () => {
    const meters = [`m: { ${COUNT} }`, `k: { ${SUM} }`];
    const named = (rules: string[], n: number) => {
      const found = judge([set('t', meters, rules)], { n });
      return found.exposures.find((one) => one.touch.exposureId === found.exposureId)!.touch.meter.name;
    };
    expect(named([limit('l', 'k', 10)], 1)).toBe('k');
    expect(named([limit('c', 'm', 10), limit('l', 'k', 10)], 11)).toBe('k');
    expect(named([], 1)).toBe('m');
    expect(judge([set('t', [])], {}).exposureId).toBeNull();
  });

  test('all that are near their end warn', () => {
    const two = set('t', [`m: { ${COUNT} }`, `k: { ${SUM} }`], [limit('c', 'k', 8), limit('l', 'k', 10)]);
    expect(judge([two], { n: 8 }).warnings).toEqual([
      { ruleId: 'c', percent: 90 },
      { ruleId: 'l', percent: 80 },
    ]);
  });

  test('says what it does not see where it does not apply, and only where nothing else answers for it', () => {
    const off = '\n    on: resource.id == "9"';
    const of = (more: string, context: Record<string, unknown>) =>
      saw(
        judge(
          [
            set(
              't',
              [`m: { ${SUM} }`, `k: { ${SUM.replace('context.n', 'context.k')} }`],
              [limit('l', 'm', 10, off + more)],
            ),
          ],
          context,
        ),
      )[0];
    const why = 'context.n is missing';
    expect(of('\n    fail: open', { k: 1 })).toBe(`does not apply; not counted: ${why}`);
    expect(of('\n    mode: shadow', { k: 1 })).toBe(`does not apply; not counted: ${why}`);
    expect(of('', { k: 1 })).toBe('does not apply');
    expect(of('\n    fail: open', { n: 1, k: 1 })).toBe('does not apply');
    expect(of('\n    fail: open', { n: 1 })).toBe('does not apply');
    expect(of('\n    fail: open', {})).toBe(`does not apply; not counted: ${why}`);
    const guard = set('t', [`m: { ${SUM} }`], ['id: g\n    deny: "true"\n    fail: open\n    on: resource.id == "9"']);
    expect(saw(judge([guard], {}))).toEqual(['does not apply']);
    const shadowed = [set('t', [`m: { ${COUNT} }`]), shadow(set('t', [`m: { ${SUM} }`], [limit('l', 'm', 10, off)]))];
    expect(saw(judge([...shadowed.slice(1)], {}))).toEqual(['does not apply']);
    const here = shadow(set('t', [`m: { ${SUM} }`], [limit('l', 'm', 10, `${off}\n    fail: open`)]));
    expect(saw(judge([here], {}))).toEqual([`does not apply; not counted: ${why}`]);
    const elsewhere = [
      set('t', [`m: { ${COUNT} }`], [limit('l', 'm', 10, `${off}\n    fail: open`)]),
      set('u', [`m: { ${SUM} }`]),
    ];
    expect(saw(judge(elsewhere, {}))).toEqual(['does not apply']);
  });

  test('what it says is never longer than a trace holds', () => {
    const long = Array.from({ length: 60 }, (_, i) => `context.n != ${i + 100}`).join(' && ');
    const guard = set('t', [`m: { ${SUM} }`], [`id: g\n    deny: ${long}`]);
    expect(saw(judge([guard], { n: 1 }))[0]).toBe(`${long.slice(0, 400)} is true`);
    const member = set(
      't',
      [`m: { distinct: "${long} ? context.x : context.x", per: identity }`],
      [limit('l', 'm', 10, '\n    fail: open\n    on: resource.id == "9"'), limit('k', 'm', 10)],
    );
    const texts = saw(judge([member], { n: 1, x: '' }));
    expect(texts.map((one) => one.length)).toEqual([400, 400]);
  });
});

describe('a version in shadow', () => {
  test('reads what its own meters would add, and the active one what its own do', () => {
    const meters = (attribute: string) => [`m: { ${SUM.replace('context.n', `context.${attribute}`)} }`];
    const rule = ['id: r\n    deny: meters.m.amount == 5'];
    const active = set('t', meters('n'), rule);
    const next = shadow(set('t', meters('k'), rule));
    const fired = (n: number, k: number) => judge([active, next], { n, k }).judged.map((one) => one.outcome.fired);
    expect([fired(1, 5), fired(5, 1)]).toEqual([
      [false, true],
      [true, false],
    ]);
    expect(judge([active, next], { n: 1, k: 5 }).verdict).toBe('allow');
    expect(judge([active, next], { n: 5, k: 1 }).verdict).toBe('deny');
  });

  test('judges no limit on what it would count otherwise', () => {
    const other = shadow(set('t', [`m: { ${SUM.replace('1h', '2h')} }`], [limit('l', 'm', 10)]));
    const found = judge([set('t', [`m: { ${SUM} }`]), other], { n: 50 });
    expect([found.judged[0]!.outcome.fired, saw(found)[0]]).toEqual([
      false,
      'not counted: no enforced meter keeps this exposure',
    ]);
  });

  test('can ask for no approval, and spends none', () => {
    const rule = 'id: r\n    deny: "true"\n    approval: { for: 10m }';
    const approval = { id: 'p', rules: [{ set: 't', id: 'r' }], approvedBy: 'ada', untilMs: 2_000_000 };
    const active = set('t', [], ['id: s\n    deny: "true"\n    approval: { for: 10m }']);
    const found = judge([active, shadow(set('t', [], [rule]))], {});
    expect(found.access.requestable.map((one) => one.rule.id)).toEqual(['s']);
    expect(judge([set('t', []), shadow(set('t', [], [rule]))], {}, { approval }).access.used).toBeNull();
    const closed = { ...shadow(set('u', [], [rule])), default: 'deny' as const };
    expect(judge([active, closed], {}).access.requestable).toHaveLength(1);
    const never = { ...set('v', []), default: 'deny' as const };
    expect(judge([active, never], {}).access.requestable).toEqual([]);
    expect(judge([active, set('w', [])], {}).access.requestable).toHaveLength(1);
    const ungranted = compiledSet('set: x\ndefault: deny\nrules:\n  - id: g\n    allow: sessions.size() == 1\n');
    const sessions = [plainSession('a'), plainSession('b')];
    expect(judge([active, ungranted], {}, { sessions }).access.requestable).toEqual([]);
  });
});

describe('a rule that fires together only, or alone only', () => {
  const other = { sessions: [plainSession('a'), plainSession('b')] };
  const exempt = (rule: string): CompiledSet => ({
    ...set('t', [], [rule]),
    exemptions: [{ id: 'e', rule: 'r', scope: 'identity', subjectId: 'i', untilMs: 2_000_000 }],
  });

  test('does not bind who is exempt from it, in either', () => {
    expect(judge([exempt('id: r\n    deny: sessions.size() == 2')], {}, other)).toMatchObject({
      verdict: 'allow',
      alone: 'allow',
    });
    expect(judge([exempt('id: r\n    deny: sessions.size() == 1')], {}, other)).toMatchObject({
      verdict: 'allow',
      alone: 'allow',
    });
    expect(judge([set('t', [], ['id: r\n    deny: sessions.size() == 1'])], {}, other)).toMatchObject({
      verdict: 'allow',
      alone: 'deny',
    });
  });

  test('trusts a session anew if any rule was given its assurance', () => {
    const two = set('t', [], ['id: r\n    step_up: "true"', 'id: s\n    deny: "false"']);
    expect(judge([two], {}, { assurance: { acr: 'step-up', atMs: 1 } }).assured).toBe(true);
    expect([judge([two], {}).assured, judge([set('t', [])], {}).assured]).toEqual([false, false]);
  });

  test('a message names the identity, its session and its workflow', () => {
    const message = (per: string) => {
      const identity = { ...plainQuestion([]).identity, workflows: [{ id: 'w', name: 'nightly' }] };
      const session = plainSession('a', { label: 'laptop' });
      return judge(
        [set('t', [`m: { ${SUM.replace('identity', per)} }`], [limit('l', 'm', 1)])],
        { n: 5 },
        { identity, session },
      ).message;
    };
    expect(message('identity')).toContain('svc');
    expect(message('session')).toContain('laptop');
    expect(message('workflow')).toContain('nightly');
  });
});
