import { expect, test } from 'vitest';
import { minimumWords } from '@/components/decisions/minimum-words';
import type { MinimumSet } from '@/lib/replay/minimum-set-model';

const found: MinimumSet = {
  exposureId: 'e',
  unit: null,
  scale: 0,
  limit: '10',
  standing: '10',
  need: '2',
  missing: '2',
  allotted: '0',
  sessions: [],
  minimum: ['a', 'b'],
  exact: true,
  back: '3',
  freeAt: null,
};
const time = () => '14:20:00';

test('says what ending brings back, and what not', () => {
  expect(minimumWords(found, ['a', 'b'], time)).toBe('Ending a and b gives back 3; 2 were missing for 2.');
  expect(minimumWords({ ...found, missing: '0' }, [], time)).toBe('There is room again for 2.');
  expect(minimumWords({ ...found, minimum: null, back: '0', freeAt: '2026-03-01T14:20:00.000Z' }, [], time)).toBe(
    'Ending sessions brings nothing back here: what counted was settled and stays until it leaves the window; room for 2 returns by itself at 14:20:00. It stops what would come next.',
  );
  expect(minimumWords({ ...found, minimum: null, back: '1', need: '0', missing: '4' }, [], time)).toBe(
    'Ending all of them brings back 1 of the 4 missing: the rest was settled and stays. It stops what would come next.',
  );
  expect(minimumWords({ ...found, minimum: null, back: '1', need: '0', missing: '4', allotted: '3' }, [], time)).toBe(
    'Ending all of them brings back 1 of the 4 missing: the rest was settled and stays. 3 are allotted and can be spent without asking, whoever is ended. It stops what would come next.',
  );
});
