// Assurance, bindings and what a decision obliges to.
import { describe, expect, test } from 'vitest';
import { satisfies } from '@/lib/policies/assured-evaluate';
import { boundAfter, changedFields, standing } from '@/lib/policies/bound-evaluate';
import type { CompiledSet, Question, Rule } from '@/lib/policies/compiled-model';
import { evaluate } from '@/lib/policies/evaluate';
import { consequencesOf } from '@/lib/policies/obligations-evaluate';
import { sawOf } from '@/lib/policies/rules-evaluate';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';
import { compiledSet } from '@/lib/policies/testing-set';
import { touch } from '@/lib/policies/touch';

const rules = (lines: string, head = 'set: t\ndefault: allow') => compiledSet(`${head}\nrules:\n${lines}`);
const judge = (sets: CompiledSet[], context: Record<string, unknown> = {}, more: Partial<Question> = {}) => {
  const plain = plainQuestion(sets);
  const question = { ...plain, asked: { ...plain.asked, context }, ...more };
  return evaluate(question, touch(question), new Map());
};

describe('assurance', () => {
  const now = 1_000_000;
  const of = (acrValues: string[], maxTrustSecs: number | null, more: Partial<Question>) =>
    satisfies({ acrValues, maxTrustSecs } as Rule, { ...plainQuestion([]), ...more });
  const given = (acr: string, atMs = now) => ({ assurance: { acr, atMs } });
  const session = (acr: string | null, trustedMs: number | null | undefined) => ({
    session: plainSession('a', { acr, ...(trustedMs === undefined ? {} : { trustedMs }) }),
  });

  test('of the request itself has to be one of those the rule names, or the plain one', () => {
    expect(of(['mfa', 'key'], null, given('key'))).toEqual({ acr: 'key', atMs: now });
    expect(of(['mfa'], null, given('step-up'))).toBeNull();
    expect(of([], null, given('step-up'))).toEqual({ acr: 'step-up', atMs: now });
    expect(of([], null, given('mfa'))).toBeNull();
    expect(of([], null, {})).toBeNull();
    expect(of([], null, { assurance: null })).toBeNull();
  });

  test('is trusted for as long as the rule says, and of any age where it does not', () => {
    expect(of(['mfa'], 10, given('mfa', now - 10_000))).not.toBeNull();
    expect(of(['mfa'], 10, given('mfa', now - 10_001))).toBeNull();
    expect(of(['mfa'], null, given('mfa', 0))).not.toBeNull();
  });

  test('of the session is remembered only where the rule says for how long', () => {
    expect(of(['mfa'], 10, session('mfa', now - 10_000))).toEqual({ acr: 'mfa', atMs: now - 10_000 });
    expect(of(['mfa'], 10, session('mfa', now - 10_001))).toBeNull();
    expect(of(['mfa'], null, session('mfa', now))).toBeNull();
    expect(of(['mfa'], 10, session('other', now))).toBeNull();
    for (const nothing of [session(null, now), session('', now), session('mfa', null), session('mfa', undefined)])
      expect(of(['mfa'], 10_000, nothing)).toBeNull();
    expect(of([], 10_000, session(null, now))).toBeNull();
    const stale = { ...given('mfa', now - 11_000), ...session('mfa', now - 1_000) };
    expect(of(['mfa'], 10, stale)).toEqual({ acr: 'mfa', atMs: now - 1_000 });
    expect(of(['mfa'], 20, stale)).toEqual({ acr: 'mfa', atMs: now - 11_000 });
  });

  test('lets a rule pass that asks for it, and trusts the session anew only when the request brought it', () => {
    const set = rules('  - id: r\n    step_up: "true"\n    acr_values: [mfa]\n    max_trust_age: 10s\n');
    const brought = judge([set], {}, given('mfa'));
    expect(brought).toMatchObject({ verdict: 'allow', alone: 'allow', assured: true });
    const [one] = brought.judged;
    expect(one!.outcome).toMatchObject({ fired: false, verdict: 'allow', reason: 'ok', satisfied: true });
    expect(sawOf(one!.rule, one!.outcome)).toBe('true is true; satisfied by mfa');
    const remembered = judge([set], {}, session('mfa', now));
    expect(remembered).toMatchObject({ verdict: 'allow', assured: false });
    expect(remembered.judged[0]!.outcome.satisfied).toBe(false);
    expect(judge([set], {}, given('other'))).toMatchObject({ verdict: 'step_up', assured: false });
    expect(judge([rules('  - id: r\n    deny: "true"\n')], {}, given('step-up'))).toMatchObject({ verdict: 'deny' });
    const shadow = rules('  - id: r\n    step_up: "true"\n    acr_values: [mfa]\n    mode: shadow\n');
    expect(judge([shadow], {}, given('mfa'))).toMatchObject({ verdict: 'allow', assured: false });
  });
});

describe('a session is bound', () => {
  const session = plainSession('a', { region: 'eu', network: '', device: null, agent: 'cli' });

  test('to what is known of it, and what it never said binds when it first says it', () => {
    expect(standing(session)).toEqual({ region: 'eu', agent: 'cli' });
    expect(boundAfter({ ...session, bound: { region: 'us' } })).toEqual({ region: 'us', agent: 'cli' });
    expect(boundAfter(session)).toEqual({ region: 'eu', agent: 'cli' });
  });

  test('and has changed where it says something else, not where it says nothing or was bound to nothing', () => {
    expect(changedFields(session)).toEqual([]);
    expect(changedFields({ ...session, bound: { region: 'eu', device: 'd' } })).toEqual([]);
    expect(changedFields({ ...session, bound: { region: 'us', agent: 'cli' } })).toEqual(['region']);
    expect(changedFields({ ...session, bound: {} })).toEqual([]);
    const changed = rules('  - id: r\n    deny: changed.region\n');
    const any = rules('  - id: r\n    deny: changed.any && bound.region == "us"\n');
    const moved = { session: { ...session, bound: { region: 'us' } } };
    expect(judge([changed], {}, moved).verdict).toBe('deny');
    expect(judge([any], {}, moved).verdict).toBe('deny');
    expect(judge([changed], {}, { session }).verdict).toBe('allow');
    expect(judge([any], {}, { session: { ...session, bound: { agent: 'ui' } } }).verdict).toBe('allow');
  });
});

describe('what a decision obliges to', () => {
  const owed = (set: CompiledSet, context: Record<string, unknown> = {}, more: Partial<Question> = {}) =>
    judge([set], context, more).obligations.map((one) => `${one.set}/${one.ruleId} ${one.type}`);
  const obliges = 'obligations: [session_termination, { type: notification, properties: { to: soc } }]';

  test('is what the rules that fired ask for, with its properties, in their order', () => {
    const set = rules(
      `  - id: a\n    deny: context.x == 1\n    ${obliges}\n  - id: b\n    pause: "true"\n    ${obliges}\n`,
    );
    expect(owed(set, { x: 1 })).toEqual([
      't/a session_termination',
      't/a notification',
      't/b session_termination',
      't/b notification',
    ]);
    expect(owed(set, { x: 2 })).toEqual(['t/b session_termination', 't/b notification']);
    expect(judge([set], { x: 2 }).obligations[1]!.properties).toEqual({ to: 'soc' });
  });

  test('nothing of what only looks, does not bind, could not be judged or was approved', () => {
    const rule = `  - id: a\n    deny: context.x == 1\n    approval: { for: 10m }\n    ${obliges}\n`;
    const approval = { id: 'p', rules: [{ set: 't', id: 'a' }], approvedBy: 'ada', untilMs: 2_000_000 };
    const exemptions = [{ id: 'e', rule: 'a', scope: 'identity' as const, subjectId: 'i', untilMs: 2_000_000 }];
    expect(owed(rules(rule), { x: 1 })).toHaveLength(2);
    expect(owed(rules(`${rule}    mode: shadow\n`), { x: 1 })).toEqual([]);
    expect(owed({ ...rules(rule), mode: 'shadow' }, { x: 1 })).toEqual([]);
    expect(owed({ ...rules(rule), exemptions }, { x: 1 })).toEqual([]);
    expect(owed(rules(rule), { x: 1 }, { approval })).toEqual([]);
    expect(owed(rules(rule))).toEqual([]);
  });

  test('a grant obliges where it is the one that decided', () => {
    const set = rules(
      '  - id: g\n    allow: context.x == 1\n    obligations: [notification]\n  - id: h\n    allow: "true"\n    obligations: [notification]\n',
      'set: t\ndefault: deny',
    );
    expect(owed(set, { x: 1 })).toEqual(['t/g notification']);
    expect(owed(set, { x: 2 })).toEqual(['t/h notification']);
    const denied = rules(
      '  - id: g\n    allow: "true"\n    obligations: [notification]\n  - id: d\n    deny: "true"\n',
      'set: t\ndefault: deny',
    );
    expect(owed(denied)).toEqual([]);
  });

  test('a limit obliges from its percentage on, crossed or not', () => {
    const set = (at: string, max: number) =>
      compiledSet(
        `set: t\ndefault: allow\nmeters:\n  m: { sum: context.n, unit: u, per: identity }\nrules:\n  - id: l\n    limit: { meter: m, max: ${max} }\n    obligations: [{ type: notification${at} }]\n`,
      );
    const at = (n: number, max = 10) => owed(set(', at: 80', max), { n }).length;
    expect([at(7), at(8), at(10), at(11)]).toEqual([0, 1, 1, 1]);
    expect([owed(set('', 10), { n: 10 }), owed(set('', 10), { n: 11 })]).toEqual([[], ['t/l notification']]);
    expect(at(0, 0)).toBe(0);
    const guard = rules('  - id: r\n    deny: "false"\n    obligations: [notification]\n');
    expect(owed(guard)).toEqual([]);
  });

  test('Braid itself ends sessions, pauses and revokes: each once, by the first that asks, and revoked is more than paused', () => {
    const by = (verdict: 'allow' | 'deny' | 'pause', ruleId: string | null, ...types: string[]) =>
      consequencesOf({
        verdict,
        policySet: 't',
        ruleId,
        obligations: types.map((type, i) => ({ set: 'u', ruleId: `r${i}`, type, properties: {} })),
      });
    expect(by('deny', 'r')).toEqual([]);
    expect(by('pause', 'r')).toEqual([{ kind: 'pause', by: 't/r' }]);
    expect(by('pause', null)).toEqual([]);
    expect(by('pause', 'r', 'identity_pause')).toEqual([{ kind: 'pause', by: 't/r' }]);
    expect(by('allow', null, 'notification', 'session_termination', 'session_termination', 'toString')).toEqual([
      { kind: 'terminate', by: 'u/r1' },
    ]);
    expect(by('pause', 'r', 'identity_revocation', 'session_termination')).toEqual([
      { kind: 'revoke', by: 'u/r0' },
      { kind: 'terminate', by: 'u/r1' },
    ]);
    expect(by('deny', 'r', 'identity_pause')).toEqual([{ kind: 'pause', by: 'u/r0' }]);
  });
});
