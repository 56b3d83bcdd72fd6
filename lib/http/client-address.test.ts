import { afterEach, beforeEach, expect, test, vi } from 'vitest';

const read = async (forwarded?: string) => {
  const { clientAddress } = await import('@/lib/http/client-address');
  return clientAddress(new Headers(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }));
};

beforeEach(() => vi.resetModules());
afterEach(() => vi.unstubAllEnvs());

test('without proxies the last entry counts, whatever the caller wrote before it', async () => {
  expect(await read('10.0.0.9, 198.51.100.7')).toBe('198.51.100.7');
  expect(await read(undefined)).toBe('unknown');
});

test('behind one proxy of ours the entry before it counts, and a short list proves nothing more', async () => {
  vi.stubEnv('BRAID_TRUSTED_PROXIES', '1');
  expect(await read('1.2.3.4, 203.0.113.5, 10.0.0.1')).toBe('203.0.113.5');
  expect(await read('10.0.0.1')).toBe('10.0.0.1');
});
