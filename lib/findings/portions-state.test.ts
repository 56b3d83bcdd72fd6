import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portionsOf } from '@/lib/findings/portions-state';

test('everything is in one portion, in order, and no portion is heavier than it may be unless it is one thing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat({ max: 50_000 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 60_000 }),
      (weights, most) => {
        const portions = portionsOf(weights, (weight) => weight, { most, heaviest: 20_000 });
        expect(portions.flat()).toEqual(weights);
        for (const portion of portions) {
          expect(portion.length).toBeGreaterThan(0);
          if (portion.length > 1)
            expect(portion.reduce((sum, weight) => sum + Math.min(weight, 20_000), 0)).toBeLessThanOrEqual(most);
        }
      },
    ),
  );
});

test('what is light is read together', () => {
  expect(portionsOf([1, 2, 3, 30_000, 4, 5], (weight) => weight)).toEqual([[1, 2, 3], [30_000], [4, 5]]);
  expect(portionsOf([], () => 1)).toEqual([]);
});
