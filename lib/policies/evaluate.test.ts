import { describe, expect, test } from 'vitest';
import { sha256Hex } from '@/lib/platform/ids';
import { compile } from '@/lib/policies/compile';
import type { CompiledSet, Question } from '@/lib/policies/compiled-model';
import { evaluate } from '@/lib/policies/evaluate';
import { sawOf } from '@/lib/policies/rules-evaluate';
import { plainQuestion, plainSession as session } from '@/lib/policies/testing-question';
import { touch } from '@/lib/policies/touch';

function judge(sources: string[], more: Partial<Question> = {}, context: Record<string, unknown> = {}) {
  const sets = sources.map((source) => compile({ version: 1, hash: sha256Hex(source), source, mode: 'enforce' }));
  const plain = plainQuestion(sets);
  const question: Question = { ...plain, asked: { ...plain.asked, context }, ...more };
  return evaluate(question, touch(question), new Map());
}

const rule = (body: string, head = 'set: t\ndefault: allow') =>
  `${head}\nrules:\n  - id: r\n${body.replace(/^/gm, '    ')}\n`;

test('most restrictive wins over rules and sets; a set that denies by default wants a grant', () => {
  const allow = rule('allow: action.name == "act"', 'set: u\ndefault: deny');
  expect(judge([allow])).toMatchObject({ verdict: 'allow', ruleId: 'r', alone: 'allow' });
  expect(judge(['set: u\ndefault: deny\nrules:\n  - id: r\n    allow: action.name == "other"\n'])).toMatchObject({
    verdict: 'deny',
    reason: 'not_granted',
  });
  expect(judge([allow, rule('pause: "true"')])).toMatchObject({
    verdict: 'pause',
    reason: 'rule_paused',
    policySet: 't',
  });
  const both = `set: t\ndefault: allow\nrules:\n  - id: s\n    step_up: "true"\n  - id: d\n    deny: "true"\n  - id: p\n    pause: "true"\n`;
  expect(judge([both])).toMatchObject({ verdict: 'deny', ruleId: 'd' });
  expect(judge([])).toMatchObject({ verdict: 'deny', reason: 'no_policy' });
});

test('what is missing denies, unless the rule says fail: open; a shadow rule decides nothing', () => {
  expect(judge([rule('deny: context.risk > 3')])).toMatchObject({ verdict: 'deny', reason: 'attribute_missing' });
  expect(judge([rule('deny: context.risk > 3\nfail: open')])).toMatchObject({ verdict: 'allow' });
  expect(judge([rule('deny: context.risk > 3')], {}, { risk: 'high' })).toMatchObject({ reason: 'evaluation_error' });
  expect(judge([rule('deny: session.network == "10.0.0.1"')])).toMatchObject({ reason: 'attribute_missing' });
  expect(judge([rule('deny: has(session.network) && session.network == "x"')])).toMatchObject({ verdict: 'allow' });
  expect(judge([rule('deny: "true"\nmode: shadow')])).toMatchObject({
    verdict: 'allow',
    judged: [{ rule: { shadow: true }, outcome: { fired: true } }],
  });
  expect(judge([rule('deny: "true"', 'set: t\nmode: shadow')])).toMatchObject({ reason: 'no_policy' });
});

test('too many sessions or entries fail closed for whatever looks at them, and for nothing else', () => {
  const looks = rule('deny: sessions.exists(s, s.id == "z")');
  expect(judge([looks], { truncated: true })).toMatchObject({
    verdict: 'deny',
    reason: 'sessions_truncated',
    alone: 'allow',
  });
  expect(judge([rule('deny: "false"')], { truncated: true })).toMatchObject({ verdict: 'allow' });
  expect(judge([rule('deny: context.list.exists(x, x == 1)')], { longest: 201 }, { list: [] })).toMatchObject({
    reason: 'evaluation_error',
  });
});

test('alone sees one session only, and keeps the state of the identity', () => {
  const other = session('b', { tags: ['maintenance'] });
  const source = rule('step_up: sessions.exists(s, s.id != session.id && "maintenance" in s.tags)');
  expect(judge([source], { sessions: [session('a'), other] })).toMatchObject({
    verdict: 'step_up',
    alone: 'allow',
    judged: [{ outcome: { fired: true }, own: { fired: false } }],
  });
  expect(judge([source], { named: false, sessions: [session('a'), other] }).alone).toBeNull();
  const revoked = { ...judge([source]), id: 'i' };
  expect(revoked.verdict).toBe('allow');
  const identity = {
    id: 'i',
    name: 'svc',
    kind: 'workload',
    state: 'revoked',
    managed: true,
    protected: false,
    environment: null,
    owner: null,
    purpose: null,
    concurrencyLimit: null,
    workflows: [],
  };
  expect(judge([source], { identity })).toMatchObject({ verdict: 'deny', alone: 'deny', reason: 'identity_revoked' });
});

test('a meter counts per workflow, once for each the identity works for; an unreadable meter without a rule denies', () => {
  const source = 'set: t\ndefault: allow\nmeters:\n  m: { count: true, per: workflow, over: 1h }\n';
  const workflows = [
    { id: 'w1', name: 'one' },
    { id: 'w2', name: 'two' },
  ];
  const question = judge([source], {});
  expect(question).toMatchObject({ verdict: 'deny', reason: 'attribute_missing', ruleId: null });
  const identity = {
    id: 'i',
    name: 'svc',
    kind: 'workload',
    state: 'active',
    managed: true,
    protected: false,
    environment: null,
    owner: null,
    purpose: null,
    concurrencyLimit: null,
    workflows,
  };
  expect(judge([source], { identity }).verdict).toBe('allow');
});

const svc = (workflows: { id: string; name: string }[]): Question['identity'] => ({
  id: 'i',
  name: 'svc',
  kind: 'workload',
  state: 'active',
  managed: true,
  protected: false,
  environment: null,
  owner: null,
  purpose: null,
  concurrencyLimit: null,
  workflows,
});

test('a limit of live sessions fails closed where there are more than can be looked at', () => {
  const source = (max: number, more = '') =>
    `set: t\ndefault: allow\nmeters:\n  live: { live_sessions: true, per: identity${more} }\nrules:\n  - id: r\n    limit: { meter: live, max: ${max} }\n`;
  const where = ', where: session.region == "eu"';
  const mine = session('a', { region: 'eu' });
  const seen = { session: mine, sessions: [mine], truncated: true };
  const refused = { verdict: 'deny', alone: 'allow', reason: 'sessions_truncated' };
  expect(judge([source(500)], seen)).toMatchObject(refused);
  expect(judge([source(3, where)], seen)).toMatchObject(refused);
  expect(judge([source(3, where)], { ...seen, truncated: false })).toMatchObject({ verdict: 'allow' });
  const reads =
    'set: t\ndefault: allow\nmeters:\n  live: { live_sessions: true, per: identity }\nrules:\n  - id: r\n    deny: meters.live.asked > 500\n';
  expect(judge([reads], seen)).toMatchObject({ verdict: 'deny', alone: 'allow', reason: 'attribute_missing' });
});

test('an identity of more workflows than can be counted is denied; two that lead to one key count once', () => {
  const per = (scope: string) =>
    `set: t\ndefault: allow\nmeters:\n  m: { count: true, per: ${scope}, over: 1h, on: workflow.name != "" }\n`;
  const workflows = (n: number) => Array.from({ length: n }, (_, i) => ({ id: `w${i}`, name: `w${i}` }));
  expect(judge([per('workflow')], { identity: svc(workflows(10)) }).verdict).toBe('allow');
  expect(judge([per('workflow')], { identity: svc(workflows(11)) })).toMatchObject({ reason: 'evaluation_error' });
  const sets = [compile({ version: 1, hash: sha256Hex(per('identity')), source: per('identity'), mode: 'enforce' })];
  const asked = {
    subject: { type: 't', id: 'x' },
    action: { name: 'a' },
    resource: { type: 'r', id: '1' },
    context: {},
  };
  const mine = session('a');
  const question: Question = {
    asked,
    identity: svc(workflows(2)),
    session: mine,
    named: true,
    sessions: [mine],
    truncated: false,
    workflowSessions: new Map(),
    credentialId: null,
    nowMs: 0,
    longest: 0,
    sets,
  };
  expect(touch(question).touches).toHaveLength(1);
});

test('an approval passes what a rule says, never what could not be judged', () => {
  const source = rule('deny: context.risk > 3\napproval: { for: 10m }');
  const approval = { id: 'apr', rules: [{ set: 't', id: 'r' }], approvedBy: 'ada', untilMs: 2_000_000 };
  expect(judge([source], { approval }, { risk: 4 })).toMatchObject({ verdict: 'allow' });
  expect(judge([source], { approval }, {})).toMatchObject({ verdict: 'deny', reason: 'attribute_missing' });
  expect(judge([source], {}, {}).access.requestable).toEqual([]);
});

describe('a meter that cannot be read', () => {
  const meter = 'meters:\n  paid: { sum: context.amount, unit: EUR, per: identity, over: 1h }\n';
  const limited = (...rules: string[]) => `set: t\ndefault: allow\n${meter}rules:\n${rules.join('')}`;
  const cap = (more = '') => `  - id: cap\n    limit: { meter: paid, max: 10 }\n${more}`;
  const unusable = { verdict: 'deny', alone: 'deny', reason: 'amount_invalid', ruleId: null };
  const asked = (source: string, more: Partial<Question> = {}) => judge([source], more, { amount: 'ten' });

  test('denies where a limit counts on it that does not apply to this very request', () => {
    expect(asked(limited(cap('    on: resource.id == "2"\n')))).toMatchObject(unusable);
    expect(judge([limited(cap('    on: resource.id == "2"\n'))])).toMatchObject({ reason: 'attribute_missing' });
    const both = limited(cap('    mode: shadow\n'), cap('    on: resource.id == "2"\n').replace('cap', 'other'));
    expect(asked(both)).toMatchObject(unusable);
  });

  test('is no matter where the request belongs to no scope of it', () => {
    const per = (scope: string) =>
      limited(cap('    on: resource.id == "2"\n')).replace('per: identity', `per: ${scope}`);
    expect(asked(per('context.account')).verdict).toBe('allow');
    expect(asked(per('workflow')).verdict).toBe('allow');
  });

  test('denies also whom the limit does not bind: what is not counted is missing for others', () => {
    const [set] = [limited(cap())].map((source) =>
      compile({ version: 1, hash: sha256Hex(source), source, mode: 'enforce' }),
    );
    const exemptions = [{ id: 'e', rule: 'cap', scope: 'identity' as const, subjectId: 'i', untilMs: 2_000_000 }];
    const plain = plainQuestion([{ ...set!, exemptions }]);
    const question = { ...plain, asked: { ...plain.asked, context: { amount: 'ten' } } };
    expect(evaluate(question, touch(question), new Map())).toMatchObject(unusable);
  });

  test('passes where limits only look, or say fail: open, and their trace says that it was not counted', () => {
    const seen = (source: string) => {
      const { verdict, judged } = asked(source);
      return [verdict, judged[0]!.outcome.fired, sawOf(judged[0]!.rule, judged[0]!.outcome)];
    };
    const why = 'context.amount is not an amount in EUR with at most 0 decimals';
    expect(seen(limited(cap('    mode: shadow\n')))).toEqual(['allow', true, why]);
    expect(seen(limited(cap('    mode: shadow\n    on: resource.id == "2"\n')))).toEqual([
      'allow',
      false,
      `does not apply; not counted: ${why}`,
    ]);
    expect(seen(limited(cap('    fail: open\n')))).toEqual([
      'allow',
      false,
      `${why}: passed, because the rule says fail: open`,
    ]);
  });
});

test('an approval is used by the rule it lets pass, not by one that only looks or does not bind', () => {
  const rules = (first: string) =>
    `set: t\ndefault: allow\nrules:\n  - id: r\n    deny: context.risk > 3\n    approval: { for: 10m }\n${first}`;
  const approval = { id: 'apr', rules: [{ set: 't', id: 'r' }], approvedBy: 'ada', untilMs: 2_000_000 };
  expect(judge([rules('')], { approval }, { risk: 4 }).access.used).toEqual(approval);
  expect(judge([rules('    mode: shadow\n')], { approval }, { risk: 4 }).access.used).toBeNull();
  const sources = [rules(''), rules('    message: Another version\n')];
  const [active, shadow] = sources.map((source, index) =>
    compile({
      version: index + 1,
      hash: sha256Hex(source),
      source,
      mode: 'enforce',
      state: index ? 'shadow' : 'active',
    }),
  );
  const harmless = compile({
    version: 1,
    hash: sha256Hex('harmless'),
    source: 'set: t\ndefault: allow\n',
    mode: 'enforce',
  });
  const usedBy = (...sets: CompiledSet[]) => {
    const plain = plainQuestion(sets, { approval });
    const question = { ...plain, asked: { ...plain.asked, context: { risk: 4 } } };
    const { verdict, access } = evaluate(question, touch(question), new Map());
    return [verdict, access.used];
  };
  expect(usedBy(active!, shadow!)).toEqual(['allow', approval]);
  expect(usedBy(harmless, shadow!)).toEqual(['allow', null]);
  const exemptions = [{ id: 'e', rule: 'r', scope: 'identity' as const, subjectId: 'i', untilMs: 2_000_000 }];
  expect(usedBy({ ...active!, exemptions })).toEqual(['allow', null]);
});
