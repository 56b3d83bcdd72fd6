import { expect, test } from 'vitest';
import { locate } from '@/lib/findings/locate';

test('the database of countries is found where it was installed, and knows nothing of private addresses', () => {
  expect(locate('8.8.8.8')).toMatchObject({ country: 'US' });
  expect(locate('2001:4860:4860::8888')).toMatchObject({ country: 'US' });
  expect(locate('10.0.0.1')).toBeNull();
  expect(locate('no address')).toBeNull();
});

test('whose network an address is in, from the first to the last of its range', () => {
  expect(locate('8.8.8.8')).toMatchObject({ asn: 15169, org: expect.stringMatching(/google/i) });
  expect(locate('2001:4860:4860::8888')).toMatchObject({ asn: 15169 });
  expect([locate('1.0.0.0'), locate('1.0.0.255')].map((place) => place?.asn)).toEqual([13335, 13335]);
  expect(locate('1.0.1.0')?.asn ?? null).not.toBe(13335);
  expect(locate('52.16.1.9')?.asn).toBe(16509);
  expect(locate('52.16.1.9')?.asn).toBe(locate('34.240.7.1')?.asn);
  expect(locate('198.51.100.10')?.asn ?? null).toBeNull();
  expect(locate('255.255.255.255')?.asn ?? null).toBeNull();
});
