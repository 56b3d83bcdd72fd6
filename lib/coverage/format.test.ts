import { expect, test } from 'vitest';
import { excessSentence } from '@/lib/coverage/format';

test('how many hold too much is said of those it could be judged of, and nothing of nobody', () => {
  const said = (excessive: number, judged: number, known: number) =>
    excessSentence({ excess: { excessive, judged }, known } as Parameters<typeof excessSentence>[0]);
  expect(said(2, 8, 8)).toBe('2 of 8 judged (25 %) hold excessive privileges.');
  expect(said(1, 8, 9)).toBe(
    '1 of 8 judged (12.5 %) holds excessive privileges; what the other one may do, nobody tells.',
  );
  expect(said(0, 4, 9)).toBe('0 of 4 judged (0 %) hold excessive privileges; what the other 5 may do, nobody tells.');
  expect(said(0, 0, 9)).toBe('No system tells what any of the 9 may do.');
});
