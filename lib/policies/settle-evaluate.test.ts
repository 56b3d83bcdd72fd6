// What rules come to together: what no rule can allow, whom a rule does not bind, and what an approval is good for.
import { describe, expect, test } from 'vitest';
import type { CompiledSet, Exemption, Question } from '@/lib/policies/compiled-model';
import { evaluate } from '@/lib/policies/evaluate';
import { barrier, exemptionOf } from '@/lib/policies/settle-evaluate';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';
import { compiledSet } from '@/lib/policies/testing-set';
import { touch } from '@/lib/policies/touch';

const OPEN = compiledSet('set: t\ndefault: allow\n');
const rules = (lines: string, head = 'set: t\ndefault: allow') => compiledSet(`${head}\nrules:\n${lines}`);
const asked = (sets: CompiledSet[], context: Record<string, unknown> = {}, more: Partial<Question> = {}): Question => {
  const plain = plainQuestion(sets);
  return { ...plain, asked: { ...plain.asked, context }, ...more };
};
const judge = (question: Question) => evaluate(question, touch(question), new Map());

describe('what no policy can allow', () => {
  const plain = plainQuestion([OPEN]);
  const of = (more: Partial<Question>) => barrier({ ...plain, ...more });
  const session = (more: Parameters<typeof plainSession>[1]) => ({ session: plainSession('a', more) });
  const identity = (state: string) => ({ identity: { ...plain.identity, state } });

  test('each says what it is, and nothing else is said of a rule', () => {
    expect(of({})).toBeNull();
    const nothing = { ruleId: null, set: null, touch: null, acrValues: [], maxTrustSecs: null };
    expect(of(identity('revoked'))).toEqual({
      verdict: 'deny',
      reason: 'identity_revoked',
      message: 'svc is revoked.',
      ...nothing,
    });
    expect(of(identity('paused'))).toMatchObject({ reason: 'identity_paused', message: 'svc is paused.' });
    expect(of(session({ refused: true }))).toMatchObject({
      reason: 'session_terminated',
      message: 'Session a was ended; its system has not confirmed it yet.',
    });
    expect(of(session({ ended: true, refused: true }))).toMatchObject({
      reason: 'session_terminated',
      message: 'Session a has ended and does not live again.',
    });
    expect(of(session({ ended: true }))).toMatchObject({ message: 'Session a has ended and does not live again.' });
    expect(of({ taskEnded: true, ...session({ task: 'close the books' }) })).toMatchObject({
      reason: 'task_ended',
      message: 'The task close the books of session a has ended.',
    });
    expect(of({ sets: [{ ...OPEN, mode: 'shadow' }] })).toMatchObject({ reason: 'no_policy' });
    expect(of({ sets: [{ ...OPEN, mode: 'shadow' }, OPEN] })).toBeNull();
  });

  test('it binds together and alone, before any rule, and no approval or obligation has to do with it', () => {
    const set = rules(
      '  - id: r\n    deny: "true"\n    approval: { for: 10m }\n    obligations: [session_termination]\n',
    );
    const found = judge(asked([set], {}, identity('revoked')));
    expect(found).toMatchObject({ verdict: 'deny', alone: 'deny', reason: 'identity_revoked', ruleId: null });
    expect(found.access).toEqual({ used: null, refused: null, requestable: [] });
    expect(found.obligations).toEqual([]);
    const without = asked([set], {}, { ...identity('revoked'), named: false });
    expect(judge(without).alone).toBeNull();
  });
});

describe('of several rules', () => {
  test('the strictest decides, among equals the first, and says what it asks for', () => {
    const set = rules(
      '  - id: first\n    step_up: "true"\n    acr_values: [mfa]\n    max_trust_age: 15m\n  - id: second\n    step_up: "true"\n',
    );
    expect(judge(asked([set]))).toMatchObject({
      verdict: 'step_up',
      ruleId: 'first',
      policySet: 't',
      acrValues: ['mfa'],
      maxTrustSecs: 900,
      message: 'first: true is true',
    });
  });

  test('a set that is not enforced decides nothing, nor does a rule of another set', () => {
    const shadow: CompiledSet = { ...rules('  - id: r\n    deny: "true"\n'), mode: 'shadow' };
    expect(judge(asked([OPEN, shadow]))).toMatchObject({ verdict: 'allow', policySet: 't', ruleId: null });
    const grants = rules('  - id: g\n    allow: "true"\n', 'set: u\ndefault: deny');
    const closed = compiledSet('set: v\ndefault: deny\nrules:\n  - id: h\n    allow: "false"\n');
    expect(judge(asked([grants, closed]))).toMatchObject({
      verdict: 'deny',
      reason: 'not_granted',
      policySet: 'v',
      message: 'No rule of v allows this.',
    });
    expect(judge(asked([grants]))).toMatchObject({ verdict: 'allow', reason: 'ok', ruleId: 'g', policySet: 'u' });
    expect(judge(asked([{ ...grants, rules: grants.rules.map((one) => ({ ...one, shadow: true })) }]))).toMatchObject({
      verdict: 'deny',
      reason: 'not_granted',
    });
  });

  test('a grant is judged alone as well', () => {
    const set = rules('  - id: g\n    allow: sessions.size() == 2\n', 'set: t\ndefault: deny');
    const sessions = [plainSession('a'), plainSession('b')];
    expect(judge(asked([set], {}, { sessions }))).toMatchObject({ verdict: 'allow', alone: 'deny' });
    expect(judge(asked([set]))).toMatchObject({ verdict: 'deny', alone: 'deny' });
  });
});

describe('an exemption', () => {
  const set = rules('  - id: r\n    deny: "true"\n  - id: g\n    allow: "true"\n');
  const exempt = (more: Partial<Exemption>): CompiledSet => ({
    ...set,
    exemptions: [{ id: 'e', rule: 'r', scope: 'identity', subjectId: 'i', untilMs: 1_000_001, ...more }],
  });
  const verdict = (more: Partial<Exemption>, question: Partial<Question> = {}) =>
    judge(asked([exempt(more)], {}, question)).verdict;
  const workflows = [
    { id: 'w1', name: 'one' },
    { id: 'w2', name: 'two' },
  ];

  test('is of one rule and one identity, until its instant', () => {
    expect(verdict({})).toBe('allow');
    expect(verdict({ untilMs: 1_000_000 })).toBe('deny');
    expect(verdict({ subjectId: 'another' })).toBe('deny');
    expect(verdict({ rule: 'another' })).toBe('deny');
    expect(judge(asked([set]))).toMatchObject({ verdict: 'deny', ruleId: 'r' });
  });

  test('or of all that work for a workflow', () => {
    const identity = { ...plainQuestion([]).identity, workflows };
    expect(verdict({ scope: 'workflow', subjectId: 'w2' }, { identity })).toBe('allow');
    expect(verdict({ scope: 'workflow', subjectId: 'w3' }, { identity })).toBe('deny');
    expect(verdict({ scope: 'workflow', subjectId: 'i' }, { identity })).toBe('deny');
    expect(verdict({ scope: 'identity', subjectId: 'w2' }, { identity })).toBe('deny');
  });

  test('there is none from a rule that allows', () => {
    const question = plainQuestion([]);
    expect(exemptionOf(exempt({ rule: 'g' }), set.rules[1]!, question)).toBeNull();
    expect(exemptionOf(exempt({}), set.rules[0]!, question)).toMatchObject({ id: 'e' });
    expect(exemptionOf({ ...set, exemptions: [] }, set.rules[0]!, question)).toBeNull();
  });

  test('does not make an approval be spent', () => {
    const one = rules('  - id: r\n    deny: "true"\n    approval: { for: 10m }\n');
    const approval = { id: 'apr', rules: [{ set: 't', id: 'r' }], approvedBy: 'ada', untilMs: 2_000_000 };
    const exemptions = exempt({}).exemptions!;
    expect(judge(asked([one], {}, { approval })).access.used).toEqual(approval);
    expect(judge(asked([{ ...one, exemptions }], {}, { approval })).access.used).toBeNull();
  });
});

describe('an approval', () => {
  const approvable = '  - id: r\n    deny: context.risk > 3\n    approval: { for: 10m, automatic: context.risk < 6 }\n';
  const approval = { id: 'apr', rules: [{ set: 't', id: 'r' }], approvedBy: 'ada', untilMs: 2_000_000 };
  const access = (set: CompiledSet, context: Record<string, unknown>, more: Partial<Question> = {}) => {
    const found = judge(asked([set], context, more));
    const { used, refused, requestable } = found.access;
    return { verdict: found.verdict, used, refused, can: requestable.map((one) => [one.rule.id, one.automatic]) };
  };

  test('can be asked for where every rule that stops the request can be approved', () => {
    const nothing = { used: null, refused: null };
    expect(access(rules(approvable), { risk: 2 })).toEqual({ verdict: 'allow', ...nothing, can: [] });
    expect(access(rules(approvable), { risk: 5 })).toEqual({ verdict: 'deny', ...nothing, can: [['r', true]] });
    expect(access(rules(approvable), { risk: 7 })).toEqual({ verdict: 'deny', ...nothing, can: [['r', false]] });
    const never = '  - id: s\n    pause: context.risk > 6\n';
    expect(access(rules(approvable + never), { risk: 5 }).can).toEqual([['r', true]]);
    expect(access(rules(approvable + never), { risk: 7 }).can).toEqual([]);
    expect(access(rules(`${approvable}${never}    mode: shadow\n`), { risk: 7 }).can).toEqual([['r', false]]);
  });

  test('helps nobody whom no rule grants, or whose meter cannot be read', () => {
    expect(access(rules(approvable, 'set: t\ndefault: deny'), { risk: 5 }).can).toEqual([]);
    const meter =
      'set: t\ndefault: allow\nmeters:\n  paid: { sum: context.amount, unit: EUR, per: identity, over: 1h }';
    expect(access(rules(approvable, meter), { risk: 5 }).can).toEqual([]);
    expect(access(rules(approvable, meter), { risk: 5, amount: 1 }).can).toEqual([['r', true]]);
  });

  test('that is carried is used or not, and why not is said only where the request is not allowed', () => {
    const set = rules(approvable);
    expect(access(set, { risk: 7 }, { approval })).toEqual({
      verdict: 'allow',
      used: approval,
      refused: null,
      can: [],
    });
    expect(access(set, { risk: 2 }, { approval })).toEqual({ verdict: 'allow', used: null, refused: null, can: [] });
    expect(access(set, { risk: 7 }, { approvalRefused: 'expired' })).toMatchObject({
      verdict: 'deny',
      refused: 'expired',
    });
    expect(access(set, { risk: 2 }, { approvalRefused: 'expired' })).toMatchObject({ verdict: 'allow', refused: null });
    const also = rules(`${approvable}  - id: s\n    deny: context.risk > 6\n`);
    expect(access(also, { risk: 7 }, { approval })).toEqual({
      verdict: 'deny',
      used: null,
      refused: 'policy_denied',
      can: [],
    });
    const plainly = rules('  - id: s\n    deny: "true"\n');
    expect(access(plainly, {}, { approval })).toMatchObject({ verdict: 'deny', refused: 'policy_denied', can: [] });
  });
});

describe('a meter that cannot be read and has no limit', () => {
  const meter = 'meters:\n  paid: { sum: context.amount, unit: EUR, per: identity, over: 1h }\n';

  test('denies in the name of its set, and of no other', () => {
    const set = compiledSet(`set: t\ndefault: allow\n${meter}`);
    expect(judge(asked([set]))).toMatchObject({
      verdict: 'deny',
      reason: 'attribute_missing',
      policySet: 't',
      ruleId: null,
      message: 'Meter paid: context.amount is missing.',
    });
    const other = compiledSet('set: u\ndefault: allow\n');
    expect(judge(asked([other, set]))).toMatchObject({ policySet: 't' });
  });

  test('a stricter rule before it keeps its word: among equals the first', () => {
    const set = compiledSet(`set: t\ndefault: allow\n${meter}rules:\n  - id: r\n    deny: "true"\n`);
    expect(judge(asked([set]))).toMatchObject({ verdict: 'deny', reason: 'rule_denied', ruleId: 'r' });
  });
});
