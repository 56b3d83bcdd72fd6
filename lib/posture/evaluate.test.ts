import fc from 'fast-check';
import { expect, test } from 'vitest';
import { between, evaluate } from '@/lib/posture/evaluate';
import { type PostureFacts, postureSchema, REACH_INPUTS } from '@/lib/posture/model';

const ID = '019a0000-0000-7000-8000-000000000001';
const NOW = '2026-05-04T12:00:00.000Z';
const best: PostureFacts = {
  visibility: 6,
  visibilityAt: '2026-05-04T06:00:00.000Z',
  owner: 'payments team',
  ownerAttestedAt: '2026-05-01T00:00:00.000Z',
  purpose: 'Writes orders',
  lastSeenAt: '2026-05-04T11:00:00.000Z',
  firstSeenAt: '2026-01-01T00:00:00.000Z',
  concurrencyLimit: 2,
  peak: 2,
  peakAt: '2026-05-03T10:00:00.000Z',
  sessions: 10,
  bound: 10,
  lastBoundAt: '2026-05-04T11:00:00.000Z',
  long: 0,
  renewed: 0,
  lastedMs: 120_000,
  scopes: ['orders:write'],
  scoped: 10,
  actions: ['orders.write'],
  credentials: [{ firstSeenAt: '2026-04-20T00:00:00.000Z', expiresAt: '2026-06-01T00:00:00.000Z', lastUsedAt: null }],
  systems: [{ name: 'orders', revokes: true }],
  proven: { at: '2026-05-02T00:00:00.000Z', ms: 800, own: true },
};
const judge = (over: Partial<PostureFacts> = {}) => evaluate(ID, { ...best, ...over }, NOW);
const points = (over: Partial<PostureFacts>) =>
  Object.fromEntries(judge(over).reach.inputs.map((one) => [one.name, one.points]));

test('held well in every way: nothing to reach, all checks pass, all tiles are good', () => {
  const posture = judge();
  expect(posture.reach.score).toBe(0);
  expect(posture.checks.map((one) => one.pass)).toEqual([true, true, true]);
  expect(posture.tiles.map((one) => [one.name, one.tone])).toEqual([
    ['visibility', 'good'],
    ['rotation', 'good'],
    ['lifecycle', 'good'],
  ]);
});

test('how long credentials live is told by the one that lives longest; what has no end is counted apart', () => {
  const credential = (expiresAt: string | null) => ({ ...best.credentials[0]!, expiresAt });
  const why = (...credentials: PostureFacts['credentials']) =>
    judge({ credentials }).tiles.find((one) => one.name === 'rotation')!.why;
  expect(why(credential('2026-04-20T01:00:00.000Z'), credential('2026-06-01T00:00:00.000Z'))).toContain(
    '2 credentials in use, each with an end, the longest after 42 days.',
  );
  expect(why(credential('2026-04-20T01:00:00.000Z'), credential(null))).toContain(
    '1 without an end, of the others the longest after 1 day.',
  );
});

test('each of the five inputs moves the score by itself, and what is not measured counts whole', () => {
  const worst: [string, Partial<PostureFacts>][] = [
    ['session lifetime', { lastedMs: 30 * 86_400_000 }],
    ['reauthentication triggers', { long: 4, renewed: 0 }],
    ['token binding', { bound: 0 }],
    ['consent scope', { scoped: 0, scopes: [] }],
    ['revocation speed', { proven: null }],
  ];
  expect(worst.map(([name]) => name)).toEqual([...REACH_INPUTS]);
  for (const [name, over] of worst) {
    const seen = points(over);
    for (const input of REACH_INPUTS) expect([input, seen[input]]).toEqual([input, input === name ? 20 : 0]);
  }
  expect(points({ long: 4, renewed: 1 })['reauthentication triggers']).toBe(15);
  expect(points({ scopes: ['orders:write', 'admin:all'] })['consent scope']).toBe(10);
  expect(points({ scopes: ['*'] })['consent scope']).toBe(20);
  expect(points({ proven: { at: NOW, ms: 60_000, own: false } })['revocation speed']).toBe(10);
});

test('an identity nobody has seen has checks without a verdict, not good ones', () => {
  const posture = judge({
    sessions: 0,
    bound: 0,
    scoped: 0,
    lastedMs: null,
    peak: 0,
    concurrencyLimit: null,
    systems: [],
    proven: null,
  });
  expect(posture.checks.map((one) => one.pass)).toEqual([null, false, null]);
  expect(posture.reach.score).toBe(100);
  expect(posture.reach.inputs.every((one) => !one.measured)).toBe(true);
});

test('a system in which it can’t be ended fails the check, whatever was proven elsewhere', () => {
  const posture = judge({ systems: [...best.systems, { name: 'Access in aws', revokes: false }] });
  expect(posture.checks[1]).toMatchObject({ pass: false, why: 'Can’t be ended: Access in aws.' });
  expect(posture.reach.inputs[4]).toMatchObject({ points: 20, measured: false });
});

test('whatever is known, the answer keeps its shape, and the score is the sum of its parts', () => {
  const at = fc
    .date({ min: new Date('2000-01-01'), max: new Date('2026-05-04'), noInvalidDate: true })
    .map((d) => d.toISOString());
  const count = fc.nat(5_000);
  const facts = fc.record<PostureFacts>({
    visibility: fc.option(fc.nat(6)),
    visibilityAt: fc.option(at),
    owner: fc.option(fc.string()),
    ownerAttestedAt: fc.option(at),
    purpose: fc.option(fc.string()),
    lastSeenAt: fc.option(at),
    firstSeenAt: at,
    concurrencyLimit: fc.option(count),
    peak: count,
    peakAt: fc.option(at),
    sessions: count,
    bound: count,
    lastBoundAt: fc.option(at),
    long: count,
    renewed: count,
    lastedMs: fc.option(fc.double({ min: 0, max: 1e12, noNaN: true })),
    scopes: fc.array(fc.string({ maxLength: 80 }), { maxLength: 20 }),
    scoped: count,
    actions: fc.array(fc.string({ maxLength: 80 }), { maxLength: 20 }),
    credentials: fc.array(fc.record({ firstSeenAt: at, expiresAt: fc.option(at), lastUsedAt: fc.option(at) }), {
      maxLength: 5,
    }),
    systems: fc.array(fc.record({ name: fc.string({ maxLength: 40 }), revokes: fc.boolean() }), { maxLength: 4 }),
    proven: fc.option(fc.record({ at, ms: fc.double({ min: 0, max: 1e10, noNaN: true }), own: fc.boolean() })),
  });
  // As the store counts them: no more bound, long or scoped ones than there are sessions.
  const sane = facts.map((one) => ({
    ...one,
    bound: Math.min(one.bound, one.sessions),
    scoped: Math.min(one.scoped, one.sessions),
    long: Math.min(one.long, one.sessions),
    renewed: Math.min(one.renewed, one.long, one.sessions),
  }));
  fc.assert(
    fc.property(sane, (given) => {
      const posture = postureSchema.parse(evaluate(ID, given, NOW));
      expect(posture.reach.score).toBe(posture.reach.inputs.reduce((sum, one) => sum + one.points, 0));
    }),
  );
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      fc.double({ min: 0, max: 1e12, noNaN: true }),
      (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(between(low, 1_000, 3_600_000)).toBeLessThanOrEqual(between(high, 1_000, 3_600_000));
      },
    ),
  );
});
