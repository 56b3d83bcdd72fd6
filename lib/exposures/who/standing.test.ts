import { expect, test } from 'vitest';
import { standing } from '@/lib/exposures/who/read-binding';
import { newId } from '@/lib/platform/ids';

const versions = (known: Record<string, string>) => (id: string) => known[id];

test('live sessions stand newest first, each by the end of its id and its version; none lives is nothing', () => {
  const [a, b] = ['00000000-0000-7000-8000-00000000000a', '00000000-0000-7000-8000-00000000000b'];
  expect(standing([a, b], versions({ [a]: '1', [b]: '2' }))).toBe('00000000000b2,00000000000a1');
  expect(standing([], versions({}))).toBe('');
});

test('a session whose version is not known, or was given up, is never taken for none', () => {
  expect(standing(['a'], versions({}))).toBeNull();
  expect(standing(['a'], versions({ a: '' }))).toBeNull();
  expect(standing(['a', 'b'], versions({ a: '1', b: '' }))).toBeNull();
});

test('sessions that one transaction wrote are told apart', () => {
  const [one, other] = [newId(), newId()];
  expect(standing([one], () => '7')).not.toBe(standing([other], () => '7'));
});
