import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Activity, activityOf, divergence, divergenceOf } from '@/lib/sessions/divergence-state';
import { ACTIVITY_CLASSES } from '@/lib/sessions/model';

const mix = fc.record(Object.fromEntries(ACTIVITY_CLASSES.map((name) => [name, fc.nat({ max: 500 })])));
const session = (id: string, counts: Activity['counts'], start = 0, end: number | null = null): Activity => ({
  id,
  label: id,
  start,
  end,
  counts,
});

test('known values: nothing in common, all in common, half (by hand)', () => {
  expect(divergenceOf([{ read: 5 }, { change: 5 }])).toBe(1);
  expect(divergenceOf([{ read: 9 }, { read: 1 }])).toBe(0);
  // H(3/4, 1/4) − ½·H(1) − ½·H(½, ½) = 0.8113 − 0.5
  expect(divergenceOf([{ read: 2 }, { read: 1, change: 1 }])).toBeCloseTo(0.3113, 4);
  // Three sessions, each its own class: log2 3 over its bound.
  expect(divergenceOf([{ read: 4 }, { change: 4 }, { export: 4 }])).toBeCloseTo(1, 10);
  // A busier reader weighs more: H(0.9, 0.1).
  expect(divergenceOf([{ read: 9 }, { change: 1 }])).toBeCloseTo(0.469, 3);
});

test('fewer than two that did something say nothing', () => {
  expect(divergenceOf([])).toBeNull();
  expect(divergenceOf([{ read: 4 }, {}, { change: 0 }])).toBeNull();
  expect(divergence([session('a', { read: 4 }), session('b', {})])).toBeNull();
});

test('between 0 and 1 for any sessions, the same in any order, 0 for equal mixes', () => {
  fc.assert(
    fc.property(fc.array(mix, { maxLength: 12 }), fc.integer({ min: 1, max: 5 }), (mixes, times) => {
      const score = divergenceOf(mixes);
      if (score === null) return;
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(1);
      expect(divergenceOf([...mixes].reverse())).toBeCloseTo(score, 9);
      const scaled = Object.fromEntries(Object.entries(mixes[0]!).map(([name, count]) => [name, count * times]));
      expect(divergenceOf([mixes[0]!, scaled]) ?? 0).toBeCloseTo(0, 9);
    }),
  );
});

test('only sessions that lived beside another active one are compared', () => {
  const early = session('early', { read: 10 }, 0, 10);
  const late = session('late', { change: 10 }, 20, 30);
  expect(divergence([early, late])).toBeNull();
  const long = session('long', { read: 3, change: 1 }, 25, null);
  expect(divergence([early, late, long])).toMatchObject({
    sessions: 2,
    named: [
      { id: 'late', mostly: 'change', events: 10 },
      { id: 'long', mostly: 'read', events: 4 },
    ],
  });
});

test('what events and decisions count as', () => {
  expect(['read', 'approval', 'export', 'session', 'odd'].map((word) => activityOf('event', word))).toEqual([
    'read',
    'approval',
    'export',
    null,
    'other',
  ]);
  expect(
    ['approval.request', 'report.export', 'payment.create', 'report:read', 'hum'].map((word) =>
      activityOf('decision', word),
    ),
  ).toEqual(['approval', 'export', 'change', 'read', 'other']);
});
