// Limits and guards, together and alone.
import { describe, expect, test } from 'vitest';
import type { ExposureState } from '@/lib/exposures/model';
import { growAlone, reserveLine, settleAtOnce } from '@/lib/exposures/state';
import type { CompiledSet, Question } from '@/lib/policies/compiled-model';
import { evaluate, ruleSeen } from '@/lib/policies/evaluate';
import { sawOf, warningAt } from '@/lib/policies/rules-evaluate';
import { asked, judge, LIMIT, SUM, set, statesOf, who } from '@/lib/policies/testing-judge';
import { plainQuestion } from '@/lib/policies/testing-question';
import { compiledSet } from '@/lib/policies/testing-set';
import { touch } from '@/lib/policies/touch';

const seen = (judgement: ReturnType<typeof judge>, at = 0) => {
  const { rule, outcome } = judgement.judged[at]!;
  return [rule, outcome] as const;
};

describe('a limit', () => {
  const spent =
    (settled: bigint, held = 0n, alone = 0n, session = 'b') =>
    (state: ExposureState) => {
      settleAtOnce(state, 1, settled, who(session));
      if (held) reserveLine(state, 1, held, { ...who(session), holdId: 'h', expiresMs: 9 });
      if (alone) growAlone(state, 1, 3600, 'a', alone);
    };
  const at = (n: number, prepare?: (state: ExposureState) => void, rules = LIMIT) =>
    judge(asked([set(SUM, rules)], { n }), prepare);

  test('is what is counted, held and asked for together: reached is allowed, one more is not', () => {
    expect(at(10)).toMatchObject({ verdict: 'allow', alone: 'allow' });
    expect(at(11)).toMatchObject({ verdict: 'deny', alone: 'deny', reason: 'aggregate_value_exceeded', ruleId: 'l' });
    expect(at(3, spent(4n, 3n))).toMatchObject({ verdict: 'allow' });
    expect(at(4, spent(4n, 3n))).toMatchObject({ verdict: 'deny', alone: 'allow' });
    expect(at(4, spent(0n, 0n, 7n))).toMatchObject({ verdict: 'allow', alone: 'deny' });
    expect(at(3, spent(0n, 0n, 7n))).toMatchObject({ verdict: 'allow', alone: 'allow' });
  });

  test('says of what kind it is', () => {
    const reason = (meter: string, more: Partial<Question> = {}) =>
      judge(asked([set(meter, '  - id: l\n    limit: { meter: m, max: 0 }\n')], { n: 1 }, more)).reason;
    expect(reason('count: true, per: identity')).toBe('frequency_exceeded');
    expect(reason('distinct: resource, per: identity')).toBe('distinct_exceeded');
    expect(reason('live_sessions: true, per: identity')).toBe('concurrency_exceeded');
    expect(reason('lease: true, per: identity, hold: 1m')).toBe('lease_held');
    expect(reason('pending: act, per: identity, hold: 1m')).toBe('outstanding_approvals_exceeded');
  });

  test('computed by the request is rounded down, and no number denies', () => {
    const rules = '  - id: l\n    limit: { meter: m, max: context.max }\n';
    const by = (max: unknown, n: number) => judge(asked([set(SUM.replace('EUR', 'EUR, scale: 2'), rules)], { n, max }));
    expect(by(10.009, 10)).toMatchObject({ verdict: 'allow', limits: expect.anything() });
    expect([...by(10.009, 10).limits.values()][0]).toMatchObject({ max: 1000n, ruleId: 'l' });
    expect(by(9.999, 10).verdict).toBe('deny');
    expect(by('ten', 1)).toMatchObject({ verdict: 'deny', reason: 'evaluation_error' });
    expect(sawOf(...seen(by('ten', 1)))).toBe('max of l is no number');
  });

  test('warns of the highest level reached, and not once it is crossed, nor in shadow', () => {
    const rules = '  - id: l\n    limit: { meter: m, max: 10, warn: [90, 50] }\n';
    const warned = (n: number, lines = rules) => at(n, undefined, lines).warnings;
    expect([warned(4), warned(5), warned(8), warned(9), warned(10), warned(11)]).toEqual([
      [],
      [{ ruleId: 'l', percent: 50 }],
      [{ ruleId: 'l', percent: 50 }],
      [{ ruleId: 'l', percent: 90 }],
      [{ ruleId: 'l', percent: 90 }],
      [],
    ]);
    expect(warned(9, `${rules}    mode: shadow\n`)).toEqual([]);
    expect(warned(10, '  - id: l\n    limit: { meter: m, max: 10, warn: [] }\n')).toEqual([]);
    expect([warningAt([50, 90], 45n, 50n), warningAt([50, 90], 44n, 50n), warningAt([], 1n, 1n)]).toEqual([
      90,
      50,
      null,
    ]);
    // A lease of one is used up by its only use; two of two are a limit reached.
    expect([warningAt([80, 90], 1n, 1n), warningAt([80, 90], 2n, 2n), warningAt([80, 90], 1n, 2n)]).toEqual([
      null,
      90,
      null,
    ]);
  });

  test('the lowest of those on one exposure stands, whichever comes first; a shadow rule has none', () => {
    const two = (first: number, second: number, more = '') =>
      [...at(1, undefined, `${limit('a', first)}${limit('b', second)}${more}`).limits.values()].map((one) => [
        one.ruleId,
        one.max,
        one.warn,
      ]);
    const limit = (id: string, max: number) => `  - id: ${id}\n    limit: { meter: m, max: ${max}, warn: [7] }\n`;
    expect([two(5, 9), two(9, 5), two(5, 5)]).toEqual([[['a', 5n, [7]]], [['b', 5n, [7]]], [['a', 5n, [7]]]]);
    expect(two(5, 9, `${limit('c', 2)}    mode: shadow\n`)).toEqual([['a', 5n, [7]]]);
    expect(two(5, 9, `${limit('c', 2)}    on: resource.id == "9"\n`)).toEqual([['a', 5n, [7]]]);
  });

  test('on several exposures of one meter is judged on each, and fires by the first that is crossed', () => {
    const workflows = ['w0', 'w1', 'w2'].map((id) => ({ id, name: `flow ${id}` }));
    const identity = { ...plainQuestion([]).identity, workflows };
    const question = asked([set(SUM.replace('identity', 'workflow'), LIMIT)], { n: 1 }, { identity });
    const { touches } = touch(question);
    const states = statesOf(question, () => {});
    expect(evaluate(question, touch(question), states)).toMatchObject({
      verdict: 'allow',
      exposureId: touches[0]!.exposureId,
    });
    for (const [at, amount] of [
      [1, 10n],
      [2, 12n],
    ] as const)
      settleAtOnce(states.get(touches[at]!.exposureId)!, 1, amount, who('b'));
    const found = evaluate(question, touch(question), states);
    expect(found).toMatchObject({ verdict: 'deny', exposureId: touches[1]!.exposureId });
    expect(found.judged[0]!.outcome.limits.map((one) => [one.touch.key, one.max])).toEqual([
      ['w0', 10n],
      ['w1', 10n],
      ['w2', 10n],
    ]);
    expect([...found.limits.keys()]).toEqual(touches.map((one) => one.exposureId));
    expect(found.exposures.map((one) => [one.touch.key, one.settled, one.after, one.limit])).toEqual([
      ['w0', 0n, 0n, 10n],
      ['w1', 10n, 10n, 10n],
      ['w2', 12n, 12n, 10n],
    ]);
    expect(found.message).toContain('flow w1');
  });

  test('is read in its own set only, and says when nothing counts', () => {
    const other = compiledSet(
      'set: u\ndefault: allow\nmeters:\n  m: { count: true, per: identity }\nrules:\n  - id: k\n    limit: { meter: m, max: 0 }\n',
    );
    expect(judge(asked([set(SUM, LIMIT), other], { n: 1 }))).toMatchObject({
      verdict: 'deny',
      policySet: 'u',
      ruleId: 'k',
    });
    const nothing = judge(asked([set(`${SUM}, on: resource.id == "9"`, LIMIT)], { n: 99 }));
    expect([nothing.verdict, sawOf(...seen(nothing))]).toEqual(['allow', 'the meter does not count this request']);
    const shadow: CompiledSet = { ...set(SUM, LIMIT), mode: 'shadow' };
    expect(sawOf(...seen(judge(asked([shadow], { n: 1 }))))).toBe('not counted: no enforced meter keeps this exposure');
    const kept = judge(asked([set(SUM), shadow], { n: 11 }));
    expect([kept.verdict, kept.judged[0]!.outcome.fired]).toEqual(['allow', true]);
  });
});

describe('a rule', () => {
  const rules = (lines: string) => [set(SUM, lines)];
  test('that is on for other requests does not apply; one that gives no truth denies', () => {
    const on = judge(asked(rules('  - id: r\n    deny: "true"\n    on: context.x == 1\n'), { n: 1, x: 2 }));
    expect([on.verdict, sawOf(...seen(on))]).toEqual(['allow', 'does not apply']);
    const text = judge(asked(rules('  - id: r\n    deny: context.x\n'), { n: 1, x: 'yes' }));
    expect([text.reason, sawOf(...seen(text))]).toEqual(['evaluation_error', 'gives neither true nor false']);
    const grant = judge(asked(rules('  - id: r\n    allow: context.x\n'), { n: 1 }));
    expect([grant.verdict, grant.judged[0]!.outcome.fired, sawOf(...seen(grant))]).toMatchObject([
      'allow',
      false,
      /grants nothing$/,
    ]);
  });

  test('that needs no limit says what it is', () => {
    const fired = judge(asked(rules('  - id: r\n    pause: context.x == 1\n    message: Wait.\n'), { n: 1, x: 1 }));
    expect(ruleSeen(fired.judged[0]!)).toEqual({
      set: 't',
      id: 'r',
      mode: 'enforce',
      kind: 'pause',
      fired: true,
      verdict: 'pause',
      reason: 'rule_paused',
      saw: 'context.x == 1 is true',
      message: 'Wait.',
      exposureId: null,
      aloneFired: true,
    });
    expect(fired.message).toBe('Wait.');
    const calm = judge(asked(rules('  - id: r\n    deny: context.x == 1\n'), { n: 1, x: 2 }, { named: false }));
    expect(ruleSeen(calm.judged[0]!)).toMatchObject({ fired: false, saw: 'context.x == 1 is false', aloneFired: null });
    expect(ruleSeen({ ...fired.judged[0]!, set: { ...fired.judged[0]!.set, mode: 'shadow' } }).mode).toBe('shadow');
    const exemption = { id: 'e', rule: 'r', scope: 'identity' as const, subjectId: 'i', untilMs: 1 };
    expect(ruleSeen({ ...fired.judged[0]!, exemption }).exempt).toBe('e');
    expect('exempt' in ruleSeen({ ...calm.judged[0]!, exemption })).toBe(false);
    const limit = judge(asked(rules(LIMIT), { n: 11 }));
    expect(ruleSeen(limit.judged[0]!).exposureId).toBe(limit.exposureId);
  });

  test('reads meters of its own set, as they would stand', () => {
    const reads = (what: string) =>
      judge(asked(rules(`  - id: r\n    deny: meters.m.${what} == 5\n`), { n: 2 }), (state) => {
        settleAtOnce(state, 1, what === 'settled' ? 5n : what === 'asked' ? 2n : 1n, who('b'));
        reserveLine(state, 1, what === 'held' ? 5n : what === 'total' ? 4n : 1n, {
          ...who('b'),
          holdId: 'h',
          expiresMs: 9,
        });
      });
    for (const what of ['settled', 'held', 'total', 'asked'])
      expect([what, reads(what).verdict, reads(what).alone]).toEqual([what, 'deny', 'allow']);
    expect(
      judge(asked(rules('  - id: r\n    deny: meters.m.amount == 2 && meters.m.key == "i"\n'), { n: 2 })).verdict,
    ).toBe('deny');
    const shadow: CompiledSet = {
      ...compiledSet(
        `set: t\ndefault: allow\nmeters:\n  m: { ${SUM} }\nrules:\n  - id: r\n    deny: meters.m.amount == 2\n`,
      ),
      mode: 'shadow',
    };
    expect(judge(asked([set(SUM), shadow], { n: 2 })).judged[0]!.outcome.fired).toBe(true);
    expect(judge(asked([shadow], { n: 2 })).judged[0]!.outcome.reason).toBe('attribute_missing');
  });
});

test('a rule that throws what is no failure of the request is not swallowed', () => {
  const one = set(SUM, '  - id: r\n    deny: "true"\n    approval: { for: 10m, automatic: "true" }\n');
  const boom = () => {
    throw new RangeError('broken');
  };
  const when = { ...one.rules[0]!.when!, run: boom };
  expect(() => judge(asked([{ ...one, rules: [{ ...one.rules[0]!, when }] }], { n: 1 }))).toThrow(RangeError);
  const approval = { ...one.rules[0]!.approval!, automatic: when };
  expect(() => judge(asked([{ ...one, rules: [{ ...one.rules[0]!, approval }] }], { n: 1 }))).toThrow(RangeError);
});
