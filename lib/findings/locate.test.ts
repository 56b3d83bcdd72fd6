import { expect, test } from 'vitest';
import { locate } from '@/lib/findings/locate';

test('the database of countries is found where it was installed, and knows nothing of private addresses', () => {
  expect(locate('8.8.8.8')).toMatchObject({ country: 'US' });
  expect(locate('2001:4860:4860::8888')).toMatchObject({ country: 'US' });
  expect(locate('10.0.0.1')).toBeNull();
  expect(locate('no address')).toBeNull();
});
