import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minorUnits } from '@/lib/exposures/model';

/** By its digits alone, as it is written. */
function byDigits(value: number, scale: number): bigint | null {
  const found = /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(String(value));
  const fraction = (found?.[2] ?? '').replace(/0+$/, '');
  if (!found || fraction.length > scale || (found[1]! + fraction).replace(/^0+/, '').length > 15) return null;
  const minor = BigInt(found[1]! + fraction.padEnd(scale, '0'));
  return minor <= 1_000_000_000_000_000n ? minor : null;
}

test('an amount is what its digits say, however it is worked out', () => {
  const amount = fc.oneof(
    fc.double({ min: -1, max: 1e16 }),
    fc.double({ min: 0, max: 1 }),
    fc.tuple(fc.nat(), fc.integer({ min: 0, max: 10 })).map(([n, digits]) => n / 10 ** digits),
    fc.tuple(fc.maxSafeNat(), fc.integer({ min: 0, max: 10 })).map(([n, digits]) => n / 10 ** digits),
    fc.constantFrom(
      0,
      -0,
      1e-7,
      1e-6,
      0.1,
      0.29,
      1.005,
      1e15,
      999_999_999_999_999,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ),
  );
  fc.assert(
    fc.property(amount, fc.integer({ min: 0, max: 9 }), (value, scale) => {
      expect(minorUnits(value, scale)).toBe(byDigits(value, scale));
    }),
    { numRuns: 20_000 },
  );
});
