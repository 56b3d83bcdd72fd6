import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openAt, peakOf, slicesOf, stepsOf } from '@/lib/sessions/overlap-state';

const intervals = fc.array(
  fc
    .record({
      start: fc.integer({ min: 0, max: 60 }),
      length: fc.option(fc.integer({ min: 0, max: 20 }), { nil: null }),
    })
    .map(({ start, length }) => ({ start, end: length === null ? null : start + length })),
  { maxLength: 40 },
);
/** Closed intervals, counted one instant at a time. */
const touching = (list: { start: number; end: number | null }[], at: number) =>
  list.filter(({ start, end }) => start <= at && (end === null || end >= at)).length;

test('at one instant starts count before ends: the peak is inside, what stays open comes after', () => {
  const steps = stepsOf([
    { start: 0, end: 10 },
    { start: 10, end: null },
  ]);
  expect(steps).toEqual([
    { at: 0, count: 1 },
    { at: 10, count: 2 },
    { at: 10, count: 1 },
  ]);
  expect(peakOf(steps)).toEqual({ at: 10, count: 2 });
  expect(peakOf([])).toBeNull();
});

test('the peak and every instant are what counting one by one gives', () => {
  fc.assert(
    fc.property(intervals, (list) => {
      const steps = stepsOf(list);
      const counts = Array.from({ length: 90 }, (_, at) => touching(list, at));
      expect(peakOf(steps)?.count ?? 0).toBe(Math.max(0, ...counts));
      for (let at = 0; at < 90; at++) {
        expect(steps.findLast((step) => step.at <= at)?.count ?? 0).toBe(openAt(list, at));
      }
    }),
  );
});

test('fewer steps keep the highest count of their slice', () => {
  fc.assert(
    fc.property(intervals, fc.integer({ min: 1, max: 12 }), (list, most) => {
      const steps = stepsOf(list);
      const slices = slicesOf(steps, 0, 100, most);
      expect(slices.length).toBeLessThanOrEqual(Math.max(most, 1));
      const inside = steps.filter((step) => step.at <= 100);
      expect(peakOf(slices)?.count ?? 0).toBe(peakOf(inside)?.count ?? 0);
    }),
  );
});
