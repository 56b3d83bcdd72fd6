import { expect, test } from 'vitest';
import { type ReportedTimes, revokeSentence } from '@/lib/coverage/times-format';

const none: ReportedTimes = {
  targetMs: 5_000,
  total: 0,
  missed: 0,
  effective: null,
  verified: null,
  systems: [],
  exposure: null,
};

test('the times of a report are said with their percentiles, what missed of how many, and how long it stood open', () => {
  expect(revokeSentence(none)).toBe('No access was proven ended in these 90 days; the target is 5.0 s.');
  const verified = { p50: 402, p95: 6_120, count: 7 };
  const exposure = { p50: 61_000, p95: 90_000, count: 3 };
  expect(revokeSentence({ ...none, total: 9, missed: 2, verified, exposure })).toBe(
    'Access was proven ended 402 ms after the click in the median, 6.1 s at the 95th percentile; 2 of 9 missed the target of 5.0 s. From first seen to proven ended, what was found stayed open 61.0 s in the median (3).',
  );
});
