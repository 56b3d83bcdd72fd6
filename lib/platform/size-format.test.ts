import { expect, test } from 'vitest';
import { bytesText } from '@/lib/platform/size-format';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 kB'],
  [12_400, '12 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [3_440_000, '3.4 MB'],
  [61e9, '61.0 GB'],
  [1.2e12, '1.2 TB'],
  [5e18, '5000.0 PB'],
])('%s bytes: %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));
