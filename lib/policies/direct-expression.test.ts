import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Question, SessionSeen } from '@/lib/policies/compiled-model';
import { directly } from '@/lib/policies/direct-expression';
import { compileExpression, ExpressionError, environment } from '@/lib/policies/expression';
import { aloneFacts, factsOf, withMeters } from '@/lib/policies/facts-evaluate';
import { FACTS } from '@/lib/policies/facts-model';
import { plainQuestion, plainSession } from '@/lib/policies/testing-question';

const env = environment(['m']);

const word = fc.constantFrom('a', 'b', 'eu', 'maintenance', '');
const value: fc.Arbitrary<unknown> = fc.oneof(
  word,
  fc.boolean(),
  fc.integer({ min: -2, max: 4 }),
  fc.double({ noNaN: true }),
  fc.constant(null),
  fc.array(fc.oneof(word, fc.integer({ min: 0, max: 2 })), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('a', 'b', 'constructor'), fc.oneof(word, fc.boolean(), fc.constant(null)), {
    maxKeys: 2,
    noNullPrototype: true,
  }),
);
const values = fc.dictionary(fc.constantFrom('a', 'b', 'constructor'), value, { maxKeys: 3, noNullPrototype: true });

const field = fc.option(word, { nil: null });
const session: fc.Arbitrary<SessionSeen> = fc
  .record({
    id: fc.constantFrom('s1', 's2', 's3'),
    region: field,
    network: field,
    tags: fc.array(word, { maxLength: 3 }),
  })
  .map((some) => plainSession(some.id, some));
const question: fc.Arbitrary<Question> = fc
  .record({
    session,
    sessions: fc.array(session, { maxLength: 4 }),
    context: values,
    properties: fc.option(values, { nil: undefined }),
    owner: field,
    concurrencyLimit: fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }),
  })
  .map(({ context, properties, owner, concurrencyLimit, ...rest }) => {
    const plain = plainQuestion([], rest);
    const resource = properties ? { type: 'r', id: 'a', properties } : { type: 'r', id: 'a' };
    return {
      ...plain,
      asked: { ...plain.asked, resource, context },
      identity: { ...plain.identity, owner, concurrencyLimit },
    };
  });

const PATHS = [
  'action.name',
  'action.class',
  'identity.visibility',
  'identity.revocation_lag_secs',
  'resource.id',
  'resource.properties.a',
  'subject.type',
  'subject.properties.a.b',
  'context.a',
  'context.b',
  'context.a.b',
  'context.constructor',
  'identity.owner',
  'identity.managed',
  'identity.concurrency_limit',
  'session.id',
  'session.region',
  'session.tags',
  'session.age_secs',
  'credential.id',
  'workflow.name',
  'meters.m.asked',
];
const LITERALS = ['"a"', '"eu"', '"maintenance"', '1', '2.5', 'true', 'null', '["a", "eu"]', '[1]', '""'];
const OPERATORS = ['==', '!=', '<', '<=', '>', '>=', 'in', '&&', '||', '+'];

const { node } = fc.letrec<{ node: string; atom: string }>((tie) => ({
  atom: fc.oneof(
    fc.constantFrom(...PATHS),
    fc.constantFrom(...LITERALS),
    fc.constantFrom(...PATHS, 'session.seen', 'session.nowMs', 'context.a.b.c').map((path) => `has(${path})`),
    fc
      .constantFrom(
        's.id != session.id',
        '"maintenance" in s.tags',
        's.region == session.region',
        'has(s.region)',
        's.region == "eu"',
      )
      .chain((body) => fc.constantFrom(`sessions.exists(s, ${body})`, `sessions.all(s, ${body})`)),
  ),
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    tie('atom'),
    fc.tuple(tie('node'), fc.constantFrom(...OPERATORS), tie('node')).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie('node').map((a) => `!(${a})`),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(tie('node'), fc.constantFrom('startsWith', 'endsWith', 'contains'), tie('node'))
      .map(([a, m, b]) => `${a}.${m}(${b})`),
    tie('node').map((a) => `sessions.exists(s, s.id != session.id && ${a})`),
    tie('node').map((a) => `sessions.exists(s, sessions.all(t, t.id == s.id || ${a}))`),
  ),
}));

/** What the expression gives by CEL alone; null when it can't be compiled or fails. */
function byCel(source: string, facts: object): { value: unknown } | null {
  const parsed = env.parse(source);
  try {
    return { value: parsed(facts) };
  } catch {
    return null;
  }
}

function compiles(source: string): boolean {
  try {
    compileExpression(env, source, ['bool', 'string', 'int', 'double', 'list<string>', 'null', 'list'], ['m']);
    return true;
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

test('what is run directly gives what CEL gives', () => {
  let direct = 0;
  fc.assert(
    fc.property(node, question, fc.boolean(), (source, asked, alone) => {
      fc.pre(compiles(source));
      const meters = { m: new FACTS.MeterValue({ key: 'k', settled: 1n, held: 0n, amount: 1n, total: 1n, asked: 2n }) };
      const facts = withMeters(alone ? aloneFacts(asked) : factsOf(asked), meters);
      const run = directly(env.parse(source).ast);
      const found = run?.(facts);
      if (found === undefined) return;
      direct += 1;
      expect({ source, value: found }).toEqual({ source, ...byCel(source, facts) });
    }),
    { numRuns: 2_500 },
  );
  expect(direct).toBeGreaterThan(300);
});

test('the expressions that policies are made of need no CEL', () => {
  const asked = plainQuestion([], { session: plainSession('s1', { region: 'eu', tags: ['maintenance'] }) });
  const facts = factsOf({ ...asked, sessions: [asked.session] });
  const plain: [string, unknown][] = [
    ['action.name == "act"', true],
    ['action.name in ["act", "other"] && resource.type == "r"', true],
    ['resource.id', '1'],
    ['sessions.exists(s, s.id != session.id && "maintenance" in s.tags)', false],
    ['has(session.region) && session.region.startsWith("e")', true],
    ['!has(session.network) || session.network == "x"', true],
    ['identity.managed ? "m" : "u"', 'm'],
  ];
  for (const [source, value] of plain)
    expect([source, directly(env.parse(source).ast)?.(facts)]).toEqual([source, value]);
});
