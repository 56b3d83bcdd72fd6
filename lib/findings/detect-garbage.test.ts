// Whatever stands in a log: detectors end, in bounded time, and make nothing of what means nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { detectHistory } from '@/lib/findings/detect-history';
import { pictureOf, type Said } from '@/lib/findings/testing-model';

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constant(null),
  fc.constantFrom('999.1.1.1', '::', 'us-east-1', '-', '\u0000'),
);
const said = fc.record({
  at: fc.integer({ min: -3000, max: 3000 }),
  session: fc.constantFrom('a', 'b', 'c'),
  network: text,
  region: text,
  agent: text,
  resource: text,
  credential: text,
  action: fc.string({ maxLength: 30 }),
  class: fc.constantFrom(
    'read' as const,
    'change' as const,
    'approval' as const,
    'export' as const,
    'session' as const,
    'other' as const,
  ),
  outcome: fc.constantFrom('success' as const, 'failure' as const),
  attributes: fc.dictionary(
    fc.constantFrom('asn', 'country', 'error', 'tokenType', 'asOrg'),
    fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)),
  ),
  told: fc.record(
    {
      scope: fc.string({ minLength: 1 }),
      expiresAt: fc.string(),
      trustedAt: fc.string(),
      consent: fc.record({ until: fc.string(), scope: fc.string() }, { requiredKeys: [] }),
      binding: fc.record({ device: fc.string(), runtime: fc.string(), boundKey: fc.string() }, { requiredKeys: [] }),
      tags: fc.array(fc.string()),
    },
    { requiredKeys: [] },
  ),
});

test('garbage never throws, and every finding can be shown', () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 60 }), (events) => {
      const { found } = detectHistory(pictureOf({ events: events as Said[], from: -4000 }), null);
      for (const one of found) {
        expect(one.title.length).toBeLessThanOrEqual(300);
        expect(Number.isNaN(Date.parse(one.firstSeenAt)) || Number.isNaN(Date.parse(one.lastSeenAt))).toBe(false);
        expect(one.evidence.events.length).toBeLessThanOrEqual(100);
      }
    }),
    { numRuns: 300 },
  );
}, 60_000);

test('events that tell nothing are never a finding', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          at: fc.integer({ min: 0, max: 600 }),
          session: fc.constantFrom('a', 'b'),
          action: fc.string({ maxLength: 20 }),
        }),
        { maxLength: 80 },
      ),
      (events) => {
        expect(detect(pictureOf({ events }))).toEqual([]);
      },
    ),
  );
});

test('a busy identity with thousands of networks and clients ends in time', () => {
  const events = Array.from({ length: 20_000 }, (_, n) => ({
    at: n / 60,
    session: `s${n % 5}`,
    network: `${(n % 200) + 1}.${n % 251}.1.1`,
    agent: `client-${n % 977}`,
  }));
  const start = performance.now();
  detect(pictureOf({ events }));
  expect(performance.now() - start).toBeLessThan(10_000);
}, 30_000);
