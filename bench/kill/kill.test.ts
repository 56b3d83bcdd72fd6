import { expect, test } from 'vitest';
import { runKillTest } from '@/bench/kill/run';

// The short form of `npm run bench kill`, whose full report is docs/kill-test.md.
test('nothing is lost, doubled or passed when decision points and PostgreSQL are killed under load', async () => {
  const report = await runKillTest({
    kills: 12,
    postgres: 3,
    decisions: 1_000,
    everyMs: 600,
    seed: 7,
    callers: 24,
    say: () => undefined,
  });
  expect(report.claims.filter((claim) => !claim.holds)).toEqual([]);
  expect(report.kills).toBe(12);
}, 240_000);
