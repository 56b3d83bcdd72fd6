import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { unmistakable } from '@/lib/signals/key-evaluate';

test('what is drawn at random is taken for one session in the world, what is counted or chosen never', () => {
  let drawn = 0;
  for (let n = 0; n < 500; n++) {
    expect(unmistakable(randomUUID())).toBe(true);
    if (unmistakable(`accessor ${randomBytes(24).toString('base64url')}`)) drawn += 1;
  }
  // One in about a hundred thousand looks chosen by chance, and is not acted on: the safe side.
  expect(drawn).toBeGreaterThanOrEqual(498);
  for (const key of [
    '4711',
    '18341:1795461296123456',
    'k1',
    'jti-7',
    'svc-payments-production-eu-west-1',
    'Payments-Worker-Production-1',
    'system:serviceaccount:payments:api 10.0.0.7 kubectl',
    'arn:aws:iam::123456789012:role/deploy 1795461296',
    '2026-11-22T19:24:30.123456Z',
  ])
    expect([key, unmistakable(key)]).toEqual([key, false]);
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 30n }), (n) => !unmistakable(String(n))));
});
