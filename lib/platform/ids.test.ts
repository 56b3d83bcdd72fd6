import { expect, test } from 'vitest';
import { derivedId, idTime, newId } from '@/lib/platform/ids';

test('ids of one process are strictly increasing and carry their time', () => {
  const ids = Array.from({ length: 20_000 }, () => newId(1_700_000_000_000));
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(Math.abs(idTime(newId()) - Date.now())).toBeLessThan(2_000);
});

test('a derived id depends on every part and on where parts end', () => {
  expect(derivedId('a', 'bc')).toBe(derivedId('a', 'bc'));
  expect(derivedId('a', 'bc')).not.toBe(derivedId('ab', 'c'));
  expect(derivedId('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
