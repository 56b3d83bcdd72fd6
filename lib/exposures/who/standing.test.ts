import { expect, test } from 'vitest';
import { standing } from '@/lib/exposures/who/read-binding';
import { MAX_SESSIONS } from '@/lib/policies/compiled-model';

const versions = (known: Record<string, string>) => (id: string) => known[id];

test('versions of live sessions stand newest first; none lives is nothing', () => {
  expect(standing(['a', 'b', 'c'], versions({ a: '1', b: '2', c: '3' }))).toBe('3,2,1');
  expect(standing([], versions({}))).toBe('');
});

test('a session whose version is not known, or was given up, is never taken for none', () => {
  expect(standing(['a'], versions({}))).toBeNull();
  expect(standing(['a'], versions({ a: '' }))).toBeNull();
  expect(standing(['a', 'b'], versions({ a: '1', b: '' }))).toBeNull();
});

test('beyond what is listed, the oldest tells one list from another of equal versions', () => {
  const ids = (first: number) => Array.from({ length: MAX_SESSIONS + 1 }, (_, i) => `s${first + i}`);
  const one = standing(ids(0), () => '7');
  const other = standing(ids(1), () => '7');
  expect(one).not.toBe(other);
  expect(standing(ids(0).slice(0, MAX_SESSIONS), () => '7')).not.toContain('/');
});
