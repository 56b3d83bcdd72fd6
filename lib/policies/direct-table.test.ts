// Which expressions are run without CEL, and what they give then; the rest is CEL's, and so is everything that is not as usual.
import { describe, expect, test } from 'vitest';
import { directly } from '@/lib/policies/direct-expression';
import { environment } from '@/lib/policies/expression';
import { factsOf, withMeters } from '@/lib/policies/facts-evaluate';
import { FACTS } from '@/lib/policies/facts-model';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';

const env = environment(['m']);
const plain = plainQuestion([]);
const session = plainSession('a', { region: 'eu', tags: ['batch', 'night'], bound: { region: 'us' } });
const other = plainSession('b', { region: 'us', label: 'b' });
const question = {
  ...plain,
  asked: {
    subject: { type: 't', id: 'x', properties: { p: 'v', deep: { q: 1 } } },
    action: { name: 'act', properties: { p: 'v' } },
    resource: { type: 'r', id: '1', properties: { p: 'v' } },
    context: {
      t: 'text',
      n: 5,
      yes: true,
      no: false,
      m: { x: 1, s: 'in', none: null, date: new Date(0) },
      l: ['a', 'b'],
      nums: [1, 2],
      empty: [],
      none: null,
      date: new Date(0),
      odd: Object.create({ inherited: 'x' }) as object,
    },
  },
  identity: { ...plain.identity, workflows: [{ id: 'w', name: 'flow' }] },
  session,
  sessions: [session, other],
  credentialId: 'key',
};
const value = new FACTS.MeterValue({ key: 'k', settled: 1n, held: 2n, amount: 3n, total: 3n, asked: 6n });
const facts = withMeters(factsOf(question), { m: value });
const direct = (source: string) => {
  const run = directly(env.parse(source).ast);
  return run ? run(facts) : 'left to CEL';
};

/** Run directly, with what it gives: the same as CEL's. */
function gives(cases: [string, unknown][]): void {
  for (const [source, wanted] of cases) {
    expect([source, direct(source)]).toEqual([source, wanted]);
    expect([source, env.parse(source)(facts)]).toEqual([source, wanted]);
  }
}
/** Compiled, and answered by CEL for these facts. */
const unknown = (...sources: string[]) => {
  for (const source of sources) expect([source, direct(source)]).toEqual([source, undefined]);
};
/** Not compiled. */
const left = (...sources: string[]) => {
  for (const source of sources) expect([source, direct(source)]).toEqual([source, 'left to CEL']);
};

describe('paths', () => {
  test('of the request, of what is known and of meters', () => {
    gives([
      ['true', true],
      ['"text"', 'text'],
      ['context.t', 'text'],
      ['context.n', 5],
      ['context.m.s', 'in'],
      ['subject.type', 't'],
      ['subject.id', 'x'],
      ['action.name', 'act'],
      ['resource.type', 'r'],
      ['resource.id', '1'],
      ['subject.properties.p', 'v'],
      ['subject.properties.deep.q', 1],
      ['action.properties.p', 'v'],
      ['resource.properties.p', 'v'],
      ['action.class', 'action'],
      ['identity.name', 'svc'],
      ['identity.managed', true],
      ['session.region', 'eu'],
      ['credential.id', 'key'],
      ['workflow.name', 'flow'],
      ['bound.region', 'us'],
      ['changed.region', true],
      ['changed.any', true],
      ['meters.m.total', 3n],
      ['meters.m.key', 'k'],
    ]);
  });

  test('that lead nowhere, or to no plain value, are CEL’s', () => {
    unknown('context.z', 'context.z.y', 'context.t.x', 'context.m', 'context.l', 'context.date', 'context.none');
    unknown('session.device', 'subject.properties', 'context.m.date.x', 'context.none.x', 'context.odd.inherited');
    unknown('context.l.length', 'session.tags', 'session.started_at', 'context.m.constructor', 'context.toString');
    left('context', 'session', 'meters.m', 'nothing.at', 'context["t"]', '[1]', '1 + 1', 'size(context.l)');
    left('session.nothing', 'identity.region', 'has(session.nothing)');
  });
});

describe('operators', () => {
  test('equality of one type', () => {
    gives([
      ['context.t == "text"', true],
      ['context.t == "other"', false],
      ['context.t != "text"', false],
      ['context.t != "other"', true],
      ['context.n == 5.0', true],
      ['context.yes == true', true],
      ['meters.m.total == 3', true],
      ['meters.m.total != 3', false],
    ]);
    unknown(
      'context.n == 5',
      'context.t == context.z',
      'context.z == context.y',
      'context.m == context.m',
      'context.l == context.l',
    );
    left('context.t == 1 + 1', '1 + 1 == context.t', 'context.t == null');
  });

  test('order of numbers and of texts', () => {
    const ordered = (op: string, ...is: boolean[]) =>
      gives([2, 3, 4].map((n, i): [string, unknown] => [`meters.m.total ${op} ${n}`, is[i]]));
    ordered('<', false, false, true);
    ordered('<=', false, true, true);
    ordered('>', true, false, false);
    ordered('>=', true, true, false);
    const texts = (op: string, ...is: boolean[]) =>
      gives(['a', 'eu', 'z'].map((text, i): [string, unknown] => [`session.region ${op} "${text}"`, is[i]]));
    texts('<', false, false, true);
    texts('<=', false, true, true);
    texts('>', true, false, false);
    texts('>=', true, true, false);
    gives([
      ['context.n > 4', true],
      ['context.n > 4.5', true],
      ['5.0 > meters.m.total', true],
    ]);
    unknown('context.t > 4', 'context.n > context.t', 'context.z > 1', '1 > context.z', 'context.yes > context.no');
    unknown('"a" < context.n', 'context.z < "a"', '"a" < context.z', 'context.date < context.date');
    left('context.n < 1 + 1', '1 + 1 < context.n');
  });

  test('and, or, not, choice', () => {
    gives([
      ['context.yes && context.yes', true],
      ['context.yes && context.no', false],
      ['context.no && context.z', false],
      ['context.no || context.yes', true],
      ['context.no || context.no', false],
      ['context.yes || context.z', true],
      ['!context.yes', false],
      ['!context.no', true],
      ['context.yes ? context.t : context.n', 'text'],
      ['context.no ? context.t : context.n', 5],
      ['context.no ? context.z : context.n', 5],
    ]);
    unknown(
      'context.yes && context.z',
      'context.z && context.no',
      'context.yes && context.t',
      'context.t && context.yes',
    );
    unknown(
      'context.no || context.z',
      'context.z || context.yes',
      'context.no || context.t',
      'context.t || context.yes',
    );
    unknown(
      '!context.t',
      '!context.z',
      'context.z ? 1 : 2',
      'context.t ? 1 : 2',
      'context.n ? 1 : 2',
      'context.yes ? context.z : 1',
    );
    left('!(1 + 1 == 2)', 'context.yes && 1 + 1 == 2', '1 + 1 == 2 && context.yes', '(1 + 1 == 2) ? 1 : 2');
    left('context.yes ? 1 + 1 : 2', 'context.yes ? 1 : 1 + 1');
  });

  test('a text among others', () => {
    gives([
      ['context.t in ["a", "text"]', true],
      ['context.t in ["a", "b"]', false],
      ['"batch" in session.tags', true],
      ['"other" in session.tags', false],
      ['"a" in context.l', true],
      ['"c" in context.l', false],
      ['sessions.exists(s, "batch" in s.tags)', true],
      ['sessions.all(s, "batch" in s.tags)', false],
    ]);
    unknown(
      'context.n in ["a"]',
      'context.z in ["a"]',
      '"a" in context.empty',
      '"a" in context.nums',
      '"a" in context.t',
    );
    unknown(
      'context.n in context.l',
      'context.z in context.l',
      '"a" in context.z',
      '"a" in context.m.tags',
      'context.n in session.tags',
    );
    left('context.n in [1, 2]', '"a" in ["a", 1]', 'context.t in []', '"a" in {"a": 1}', '"a" in ["a", context.t]');
    left('1 + 1 in context.l', '(1 + 1) in ["a"]');
  });

  test('methods of texts', () => {
    gives([
      ['context.t.startsWith("te")', true],
      ['context.t.startsWith("xt")', false],
      ['context.t.endsWith("xt")', true],
      ['context.t.endsWith("te")', false],
      ['context.t.contains("ex")', true],
      ['context.t.contains("xe")', false],
    ]);
    unknown(
      'context.n.startsWith("5")',
      'context.t.startsWith(context.n)',
      'context.z.contains("a")',
      'context.t.contains(context.z)',
    );
    left('context.t.size()', 'context.t.matches("t")', '(1 + 1).contains("a")', 'context.t.contains(1 + 1)');
    left('context.t.contains("a", "b")', 'context.t.toString()');
  });
});

describe('whether something is there', () => {
  test('in the request, of a session, through a map', () => {
    gives([
      ['has(context.t)', true],
      ['has(context.z)', false],
      ['has(context.l)', true],
      ['has(context.m)', true],
      ['has(context.m.x)', true],
      ['has(context.m.y)', false],
      ['has(session.region)', true],
      ['has(session.device)', false],
      ['has(bound.region)', true],
      ['has(bound.device)', false],
      ['has(subject.properties.p)', true],
      ['has(subject.properties.z)', false],
      ['has(subject.properties.deep.q)', true],
      ['has(workflow.id)', true],
      ['sessions.exists(s, has(s.region))', true],
      ['sessions.all(s, has(s.device))', false],
    ]);
  });

  test('and not where what leads there is not, or is no map', () => {
    unknown('has(context.z.x)', 'has(context.t.x)', 'has(context.l.x)', 'has(context.none.x)', 'has(context.date.x)');
    unknown('has(context.date)', 'has(context.m.date)', 'has(session.device.x)', 'has(subject.properties.z.y)');
    left('has(subject.properties)', 'has(meters.m)', 'has(meters.m.total)', 'has(resource.id)');
  });
});

describe('over the sessions', () => {
  test('one, each, and two deep', () => {
    gives([
      ['sessions.exists(s, s.region == "us")', true],
      ['sessions.exists(s, s.region == "as")', false],
      ['sessions.all(s, s.source == "pdp")', true],
      ['sessions.all(s, s.region == "us")', false],
      ['sessions.exists(s, s.id != session.id && s.region != session.region)', true],
      ['sessions.exists(s, sessions.exists(t, t.id != s.id && t.region == "us" && s.region == "eu"))', true],
      ['sessions.exists(s, sessions.all(t, t.id == s.id))', false],
      ['sessions.all(s, sessions.exists(t, t.id == s.id && t.label == s.label))', true],
      ['sessions.exists(s, sessions.exists(s, s.region == "us"))', true],
    ]);
    expect(direct('sessions.exists(session, session.region == "us")')).toBe(true);
    expect(direct('sessions.exists(context, context.region == "us")')).toBe(true);
  });

  test('what cannot be told of one of them is CEL’s, as soon as it is come by', () => {
    unknown('sessions.exists(s, s.device == "x")', 'sessions.all(s, s.device == "x")', 'sessions.exists(s, s.region)');
    gives([['sessions.exists(s, s.region == "eu" || s.device == "x")', true]]);
    unknown('sessions.exists(s, s.region == "us" || s.device == "x")');
  });

  test('nothing else is looped over, nor three deep', () => {
    left('context.l.exists(x, x == "a")', 'session.tags.exists(x, x == "a")', 'sessions.exists_one(s, s.id == "a")');
    left('sessions.map(s, s.id)', 'sessions.filter(s, s.id == "a")', '[session].exists(s, s.id == "a")');
    left('sessions.exists(s, sessions.exists(t, sessions.exists(u, u.id == t.id)))', 'sessions.exists(s, 1 + 1 == 2)');
    left('sessions.exists(s, s.nothing == "a")', 'sessions.exists(sessions, sessions.exists(s, s.id == "a"))');
    left('sessions.exists(s, s == session)');
  });
});
