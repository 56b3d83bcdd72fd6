import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPlain } from '@/lib/sessions/is-plain-state';
import { type SessionEventInput, sessionEventSchema } from '@/lib/sessions/model';

const plain: SessionEventInput = {
  source: 'aws',
  eventId: '1',
  at: '2024-05-01T10:00:00.000Z',
  identity: { issuer: 'aws', type: 'role', externalId: 'arn', name: 'r', kind: 'workload' },
  session: { key: 'k', kind: 'api', label: 'l', phase: 'seen', gapSecs: 1800 },
  credential: { externalId: 'AKIA', kind: 'access_key' },
  action: 's3:GetObject',
  class: 'read',
  outcome: 'success',
  network: '10.0.0.1',
  region: null,
  agent: null,
  resource: null,
  attributes: { a: 'b', n: 1, t: true, z: null },
};

test('what is plain is plain, and what tells more is left to the schema', () => {
  expect(isPlain(plain)).toBe(true);
  expect(isPlain({ ...plain, session: null, credential: null })).toBe(true);
  expect(isPlain({ ...plain, scope: 'x' })).toBe(false);
});

test('nothing passes that the schema refuses', () => {
  const bad = fc.oneof(
    fc.constantFrom<unknown>(
      null,
      undefined,
      '',
      0,
      1.5,
      -1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      [],
      {},
      true,
      'x'.repeat(3000),
      'api',
      'human',
      'open',
    ),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const paths = Object.entries(plain).flatMap(([name, value]) => [
    [name],
    ...(typeof value === 'object' && value !== null
      ? [...Object.keys(value), 'more'].map((inner) => [name, inner])
      : []),
  ]);
  fc.assert(
    fc.property(fc.constantFrom(...paths, ['more']), bad, ([name, inner], value) => {
      const copy = structuredClone(plain) as Record<string, unknown>;
      if (inner) (copy[name!] as Record<string, unknown>)[inner] = value;
      else copy[name!] = value;
      if (isPlain(copy as SessionEventInput)) expect(sessionEventSchema.safeParse(copy).error).toBeUndefined();
    }),
    { numRuns: 5000 },
  );
});
