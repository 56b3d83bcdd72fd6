import { expect, test } from 'vitest';
import { changeWords, majorText, outcomeWords, sameWords } from '@/components/decisions/what-if-words';
import type { Counterfactual } from '@/lib/replay/counterfactual-model';

const answer: Counterfactual = {
  from: '2026-03-01T10:00:00.000Z',
  to: '2026-03-01T11:00:00.000Z',
  since: 'period',
  decisions: 11,
  reproduced: 11,
  truncated: false,
  notes: [],
  flipped: 3,
  flips: [],
  value: [
    { unit: 'EUR', scale: 2, was: '940000', would: '510000' },
    { unit: 'USD', scale: 2, was: '100', would: '100' },
  ],
  sessions: [],
  rules: [],
  exposure: null,
};

test('says what would have come of it', () => {
  expect(outcomeWords(answer)).toBe(
    '3 of 11 decisions would have come out otherwise: 4\u202f300\u00a0EUR less would have been allowed.',
  );
  expect(outcomeWords({ ...answer, flipped: 0 })).toBe('none of 11 decisions would have come out otherwise.');
  expect(outcomeWords({ ...answer, flipped: 1, value: [] })).toBe('1 of 11 decisions would have come out otherwise.');
});

test('says which decisions are counted, and that the replay gives what is on record', () => {
  const none = { ...answer, flipped: 0 };
  expect(outcomeWords({ ...none, since: 'change' })).toBe(
    'none of 11 decisions from then on would have come out otherwise.',
  );
  expect(outcomeWords({ ...none, since: 'newest' })).toBe(
    'none of the newest 11 decisions would have come out otherwise.',
  );
  expect(outcomeWords({ ...none, decisions: 0, since: 'change' })).toBe('nothing was decided from then on.');
  expect(sameWords({ ...answer, reproduced: 10 })).toBe(
    'With nothing changed the replay reproduces 10 of 11 stored decisions.',
  );
  expect(changeWords({}, { name: String, time: String, unit: null })).toBe('With nothing changed');
});

test('says what was changed', () => {
  const names = { name: () => 'worker-7', time: () => '10:33:02', unit: 'EUR' };
  const id = '00000000-0000-7000-8000-000000000000';
  expect(changeWords({ ended: [{ sessionId: id, at: answer.from }] }, names)).toBe('Had worker-7 ended at 10:33:02');
  expect(changeWords({ ended: [{ sessionId: id }] }, names)).toBe('Had worker-7 never been');
  expect(changeWords({ limits: [{ set: 'a', rule: 'cap', max: '8000' }] }, names)).toBe(
    'Had a/cap been 8\u202f000\u00a0EUR',
  );
  expect(changeWords({ limits: [{ set: 'a', rule: 'cap', max: '12000.50' }] }, { ...names, unit: null })).toBe(
    'Had a/cap been 12\u202f000.50',
  );
  expect(changeWords({ scopes: [{ set: 'a', meter: 'paid', per: 'workflow' }] }, names)).toBe(
    'Had a · paid counted per workflow',
  );
  expect(changeWords({ versions: [{ set: 'a', version: 3 }] }, names)).toBe('Under version 3 of a');
});

test('a limit is written as in a policy', () => {
  expect([majorText(1_000_050n, 2), majorText(800_000n, 2), majorText('5', 2), majorText(12n, 0)]).toEqual([
    '10000.5',
    '8000',
    '0.05',
    '12',
  ]);
});
