import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical } from '@/lib/decisions/canonical';
import { readBySchema } from '@/lib/decisions/parse';
import { readQuickly } from '@/lib/decisions/read-quickly';
import { BraidError } from '@/lib/platform/errors';

const text = fc.constantFrom(
  'a',
  'b',
  '',
  'eu-west',
  'ä',
  '"q"',
  '\u0000',
  '\ud800',
  'x'.repeat(201),
  'y'.repeat(1025),
);
const json: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    text,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'é', '__proto__', 'constructor'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

/** One that is usually right. */
const mostly = <T>(right: fc.Arbitrary<T>, wrong: fc.Arbitrary<unknown> = json): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 30, arbitrary: right }, { weight: 1, arbitrary: wrong });

const word = mostly(fc.constantFrom('a', 'eu', 'é'), text);
const properties = fc.dictionary(
  mostly(fc.constantFrom('a', 'b'), fc.constant('x'.repeat(201))) as fc.Arbitrary<string>,
  mostly(word),
  {
    maxKeys: 2,
  },
);
/** A map of these fields, seldom with one that is not meant to be there. */
const some = (fields: Record<string, fc.Arbitrary<unknown>>, required: string[]): fc.Arbitrary<unknown> => {
  const right = fc.record(fields, { requiredKeys: required as never[] });
  return mostly(
    right,
    fc.oneof(
      json,
      fc.tuple(right, json).map(([one, more]) => ({ ...one, more })),
    ),
  );
};

const entity = some({ type: word, id: word, properties }, ['type', 'id']);
const session = some(
  {
    id: word,
    network: word,
    region: word,
    label: word,
    posture: word,
    asn: mostly(word, fc.integer()),
    kind: mostly(fc.constantFrom('api', 'worker'), fc.constant('nonsense')),
    tags: mostly(fc.array(word, { maxLength: 3 })),
  },
  ['id'],
);
const braid = some(
  {
    dry_run: mostly(fc.boolean()),
    idempotency_key: word,
    credential: some({ id: word }, ['id']),
    session,
    assurance: some({ acr: word }, ['acr']),
  },
  [],
);
const context = some({ amount: fc.double(), note: mostly(fc.array(fc.integer())), braid, approval: mostly(word) }, []);
const body = some({ subject: entity, action: some({ name: word, properties }, ['name']), resource: entity, context }, [
  'subject',
  'action',
  'resource',
])
  // As it arrives: members that are undefined are not there.
  .map((one): unknown => JSON.parse(JSON.stringify(one) ?? 'null'));

const bySchema = (one: unknown): unknown => {
  try {
    return readBySchema(one);
  } catch (error) {
    if (error instanceof BraidError) return error.publicMessage;
    throw error;
  }
};

test('what is read quickly is what the schemas read', () => {
  let quick = 0;
  let refused = 0;
  fc.assert(
    fc.property(body, (one) => {
      const read = readQuickly(one);
      const expected = bySchema(one);
      if (typeof expected === 'string') refused += 1;
      if (!read) return;
      quick += 1;
      expect(read).toEqual(expected);
      expect(read.text).toBe(canonical(read.asked));
    }),
    { numRuns: 3_000 },
  );
  expect(quick).toBeGreaterThan(300);
  expect(refused).toBeGreaterThan(300);
});

test('what is too deep, too large, not well-formed or no number is refused', () => {
  const asked = (value: unknown) => ({
    subject: { type: 't', id: 'i' },
    action: { name: 'a' },
    resource: { type: 'r', id: 'i' },
    context: { value },
  });
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  const cases: [unknown, boolean][] = [
    [nested(30), true],
    [nested(31), false],
    [Array.from({ length: 19_000 }, () => 1), true],
    [Array.from({ length: 20_000 }, () => 1), false],
    ['a\u0000', false],
    ['\udc00', false],
    [Number.POSITIVE_INFINITY, false],
  ];
  for (const [value, fine] of cases) {
    expect(readQuickly(asked(value)) !== null).toBe(fine);
    expect(typeof bySchema(asked(value)) === 'string').toBe(!fine);
  }
});

test('a member that is not known is named, with what was probably meant', () => {
  const refused = (braid: object) =>
    bySchema({
      subject: { type: 't', id: 'i' },
      action: { name: 'a' },
      resource: { type: 'r', id: 'i' },
      context: { braid },
    });
  expect(refused({ sesion: { id: 's' } })).toBe('context.braid.sesion: is not known here. Did you mean "session"?');
  expect(refused({ session: { id: 's', netwrk: 'eu' } })).toBe(
    'context.braid.session.netwrk: is not known here. Did you mean "network"?',
  );
  expect(refused({ assurance: { acr: 'mfa', whence: 'x' } })).toBe(
    'context.braid.assurance.whence: is not known here. Known: acr, at, amr.',
  );
  expect(refused({ dry_run: 'yes' })).toMatch(/^context\.braid\.dry_run: /);
});
