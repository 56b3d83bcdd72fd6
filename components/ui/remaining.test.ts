import { expect, test } from 'vitest';
import { remaining } from '@/components/ui/remaining';

test('what is left is told to the second, and is over when it is', () => {
  expect([8_100, 2_467_000, 3_909_000, 184_200_000].map(remaining)).toEqual([
    '0:09',
    '41:07',
    '1:05:09',
    '2 d 03:10:00',
  ]);
  expect([0, -5].map(remaining)).toEqual(['over', 'over']);
});
