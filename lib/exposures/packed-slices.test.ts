import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Slice } from '@/lib/exposures/model';
import { packSlices, unpackSlices } from '@/lib/exposures/open-slices';

const slice: fc.Arbitrary<Slice> = fc.record({
  endMs: fc.integer({ min: 0, max: 253_402_214_400_000 }),
  sessionId: fc.uuid(),
  settled: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  alone: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
});

test('slices are unpacked as they were packed, 40 bytes each, in their order', () => {
  fc.assert(
    fc.property(fc.array(slice, { maxLength: 33 }), (slices) => {
      const packed = packSlices(new Map(slices.map((one, i) => [String(i), one])));
      expect(packed?.length ?? 0).toBe(slices.length * 40);
      expect(unpackSlices(packed)).toEqual(slices);
    }),
  );
});

test('no slices are nothing, and a slice is laid out as the database reads it', () => {
  expect(packSlices(new Map())).toBeNull();
  expect(unpackSlices(null)).toEqual([]);
  const one = { endMs: 1, sessionId: '00000000-0000-4000-8000-0000000000ff', settled: 2n, alone: -1n };
  expect(packSlices(new Map([['k', one]]))!.toString('hex')).toBe(
    '000000000000000100000000000040008000' + '0000000000ff0000000000000002' + 'ffffffffffffffff',
  );
});
