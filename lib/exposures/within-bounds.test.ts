import { expect, test } from 'vitest';
import { MAX_MEMBERS, settleValue } from '@/lib/exposures/members-state';
import { type ExposureState, MAX_TOTAL } from '@/lib/exposures/model';
import { plainState } from '@/lib/exposures/testing-state';
import { withinBounds } from '@/lib/exposures/within-bounds';
import { Failed, type Meter, type Touch, type Touched, Uncounted } from '@/lib/policies/compiled-model';

const of = (count: number): ExposureState => {
  const state = plainState({ kind: 'distinct' });
  for (let i = 0; i < count; i++)
    settleValue(state, 1, `v${i}`, { sessionId: 'a', identityId: 'i', decisionId: 'd', holdId: null });
  return state;
};
const touch = (exposureId: string, member?: string): Touch => ({
  set: 's',
  meter: { name: `meter of ${exposureId}` } as Meter,
  exposureId,
  key: 'k',
  amount: 1n,
  ...(member === undefined ? {} : { member }),
});

test('a set of values that is full takes no new one: its meter fails, the others stay', () => {
  const states = new Map([
    ['full', of(MAX_MEMBERS)],
    ['nearly', of(MAX_MEMBERS - 1)],
  ]);
  const earlier = { set: 's', meter: 'x', failed: new Failed('attribute_missing', 'x is missing') };
  const touched: Touched = {
    touches: [touch('full', 'new'), touch('full', 'v0'), touch('full'), touch('nearly', 'new'), touch('unseen', 'new')],
    failures: [earlier],
  };
  const found = withinBounds(touched, states);
  expect(found.touches).toEqual(touched.touches.slice(1));
  expect(found.failures).toHaveLength(2);
  expect(found.failures[0]).toBe(earlier);
  expect(found.failures[1]).toMatchObject({
    set: 's',
    meter: 'meter of full',
    failed: { reason: 'evaluation_error', message: 'more than 10000 distinct values' },
  });
  expect(found.failures[1]!.failed).toBeInstanceOf(Uncounted);
  expect(touched.failures).toEqual([earlier]);
});

test('nothing changes where nothing is full, nor where no value was ever seen', () => {
  const touched: Touched = { touches: [touch('empty', 'new'), touch('nearly', 'v1')], failures: [] };
  const states = new Map([
    ['empty', plainState({ kind: 'distinct' })],
    ['nearly', of(2)],
  ]);
  expect(withinBounds(touched, states)).toBe(touched);
});

test('a sum takes what it can count, to the last unit, held and settled together', () => {
  const at = (settled: bigint, held: bigint) => new Map([['sum', plainState({ settled, held })]]);
  const one: Touched = { touches: [touch('sum')], failures: [] };
  expect(withinBounds(one, at(MAX_TOTAL - 3n, 2n))).toBe(one);
  const found = withinBounds(one, at(MAX_TOTAL - 3n, 3n));
  expect(found.touches).toEqual([]);
  expect(found.failures).toMatchObject([
    { failed: { reason: 'evaluation_error', message: 'more than can be counted' } },
  ]);
});

test('of two that are full both fail', () => {
  const states = new Map([
    ['a', plainState({ settled: MAX_TOTAL })],
    ['b', plainState({ settled: MAX_TOTAL })],
  ]);
  const found = withinBounds({ touches: [touch('a'), touch('b')], failures: [] }, states);
  expect(found.touches).toEqual([]);
  expect(found.failures).toHaveLength(2);
});
