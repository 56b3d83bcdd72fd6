import { expect, test } from 'vitest';
import { daysAsked, headline, latencyText, perDay, shareText } from '@/components/decisions/friction-words';
import type { Friction } from '@/lib/decisions/friction-model';

const friction = (more: Partial<Friction>): Friction => ({
  from: '',
  to: '',
  talliedUntil: null,
  total: 1_200,
  byVerdict: { allow: 1_190, step_up: 2, pause: 0, deny: 8 },
  days: [],
  rules: [],
  latency: { p50Us: 830, p95Us: 2_000, p99Us: 14_000 },
  points: [],
  budgets: [],
  takenBackTotal: 3,
  takenBack: [],
  ...more,
});

test('the page says first how much was stopped, what people took back, and what it cost in time', () => {
  expect(headline(friction({}), 7)).toBe(
    'In the last seven days 10 of 1\u202f200 requests were stopped, people took back three stops, and half of the decisions took 0.83 ms or less.',
  );
  const calm = friction({ byVerdict: { allow: 1_200, step_up: 0, pause: 0, deny: 0 }, takenBackTotal: 0 });
  expect(headline(calm, 1)).toBe(
    'Today nothing of 1\u202f200 requests was stopped, nobody had to take anything back, and half of the decisions took 0.83 ms or less.',
  );
  expect(headline(friction({ total: 0 }), 30)).toBe('In the last 30 days nothing was asked.');
});

test('times, shares and rates are as exact as they need to be, and no share is rounded up to all', () => {
  expect([420, 8_300, 120_000, 1_240_000, null].map(latencyText)).toEqual([
    '0.42 ms',
    '8.3 ms',
    '120 ms',
    '1.2 s',
    'not known',
  ]);
  expect([1, 0.99999, 0.5, 0, null].map(shareText)).toEqual(['100 %', '99.99 %', '50 %', '0 %', 'not known']);
  expect([perDay(0, 7), perDay(1, 90), perDay(10, 7), perDay(7_000, 7)]).toEqual([
    '0',
    'less than 0.1',
    '1.4',
    '1\u202f000',
  ]);
});

test('a rate is over the days since anything was asked', () => {
  const day = (allow: number) => ({ day: '', allow, step_up: 0, pause: 0, deny: 0 });
  expect([[], [day(0), day(0)], [day(0), day(3), day(0)], [day(1), day(0)]].map(daysAsked)).toEqual([1, 1, 2, 2]);
});
