// What was done without asking stands in the time it was done in, in the counters and for as long as it should.
import { expect, test } from 'vitest';
import type { Judged } from '@/lib/exposures/decision-write';
import type { ExposureState } from '@/lib/exposures/model';
import type { Ground } from '@/lib/exposures/question-of';
import { advance } from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';
import { countTold } from '@/lib/exposures/told';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-05-04T00:30:00Z');

function told(state: ExposureState, atMs: number, more: { verdict?: string; kind?: string; amount?: bigint } = {}) {
  const { verdict = 'allow', kind = 'sum', amount = 10n } = more;
  const session = { id: 's', label: 's', identityId: 'i' };
  const judged = {
    item: { decisionId: 'd', told: { ref: 'r', atMs, bodyHash: Buffer.alloc(0) } },
    question: { session, identity: { id: 'i', name: 'i' } },
    touched: { touches: [{ exposureId: state.id, meter: { kind }, amount }] },
    judgement: { verdict },
  } as unknown as Judged;
  return countTold(judged, { nowMs: NOW, states: new Map([[state.id, state]]) } as unknown as Ground);
}

test('what was allowed is settled, what was not is an overrun; both count', () => {
  const state = plainState();
  expect(told(state, NOW - 60_000).map((one) => [one.kind, one.settled])).toEqual([['settle', 10n]]);
  expect(told(state, NOW, { verdict: 'deny', amount: 7n }).map((one) => [one.kind, one.settledNow])).toEqual([
    ['overrun', 17n],
  ]);
});

test('it leaves a sliding window when what was done then leaves it', () => {
  const state = plainState({ windowSecs: 3_600 });
  told(state, NOW - 50 * 60_000);
  expect(advance(state, NOW + 5 * 60_000, 3_600).map((one) => one.settled)).toEqual([]);
  expect(advance(state, NOW + 12 * 60_000, 3_600).map((one) => one.settled)).toEqual([-10n]);
  expect(state.settled).toBe(0n);
});

test('yesterday’s is not today’s; a time to come is now; what never leaves counts however old', () => {
  const day = plainState({ windowSecs: 0, calendar: 'day UTC' });
  expect(told(day, NOW - HOUR)).toEqual([]);
  expect(day.settled).toBe(0n);
  told(day, NOW - HOUR / 4);
  told(day, NOW + 48 * HOUR);
  expect(day.settled).toBe(20n);
  expect(advance(day, NOW + 24 * HOUR, 0).reduce((sum, one) => sum + one.settled, 0n)).toBe(-20n);
  const lifetime = plainState({ windowSecs: null });
  told(lifetime, NOW - 900 * 24 * HOUR);
  expect(lifetime.settled).toBe(10n);
});

test('a lease or an approval is over when it is told of', () => {
  for (const kind of ['lease', 'pending'])
    expect(told(plainState({ kind: kind as 'lease' }), NOW, { kind })).toEqual([]);
});
