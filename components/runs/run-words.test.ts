import { expect, test } from 'vitest';
import { chainOf, runHref } from '@/components/runs/run-words';

test('parts stand under what they stem from; a stranger or a circle hides none', () => {
  const part = (id: string, parentId: string | null) => ({ id, parentId });
  const told = chainOf([part('a', null), part('b', 'a'), part('c', 'elsewhere'), part('d', 'b'), part('e', 'a')]);
  expect(told.map((one) => `${one.depth}${one.part.id}`)).toEqual(['0a', '1b', '2d', '1e', '0c']);
  expect(chainOf([part('x', 'y'), part('y', 'x'), part('z', 'z')]).map((one) => one.part.id)).toEqual(['z', 'x', 'y']);
});

test('a run is named by whatever its source calls it', () =>
  expect(new URL(runHref('a/b?c=d&e%2F #1'), 'http://x').searchParams.get('run')).toBe('a/b?c=d&e%2F #1'));
