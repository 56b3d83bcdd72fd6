import { expect, test } from 'vitest';
import { BraidError, toBraidError } from '@/lib/platform/errors';

test('a database that can not be had is said to be that, by pg and through whatever wraps it', () => {
  const timeout = new Error('timeout exceeded when trying to connect');
  const stopped = Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
  const prisma = Object.assign(new Error('Timed out fetching a new connection'), { code: 'P2024' });
  for (const error of [timeout, stopped, prisma, new Error('the page failed', { cause: stopped })]) {
    const told = toBraidError(error);
    expect([told.code, told.status, told.cause]).toEqual(['state_unavailable', 503, error]);
    expect(told.publicMessage).toMatch(/Try again/);
  }
});

test('what nobody expected stays internal, and what is known stays as it is', () => {
  for (const error of [new Error('x'), Object.assign(new Error('y'), { code: '23505' }), 'z', undefined])
    expect(toBraidError(error).code).toBe('internal');
  const known = new BraidError('not_found', 'There is no such thing.', { cause: new Error('Connection terminated') });
  expect(toBraidError(known)).toBe(known);
});
