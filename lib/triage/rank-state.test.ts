import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveSession, Room } from '@/lib/triage/model';
import { inFlightOf, rank } from '@/lib/triage/rank-state';

const session = (id: string, over: Partial<LiveSession> = {}): LiveSession => ({
  id,
  label: id,
  bound: true,
  scoped: true,
  ends: true,
  canEnd: true,
  endsInMs: 500,
  spent: [],
  ...over,
});
const eur = (amount: string) => [{ unit: 'EUR', scale: 2, amount }];
const room = (left: bigint, ...sessionIds: string[]): Room => ({
  name: 'paid_24h',
  unit: 'EUR',
  scale: 2,
  left,
  sessionIds,
});

test('who empties the least room soonest comes first, then who could travel farthest', () => {
  const fast = session('fast', { spent: eur('100000') });
  const slow = session('slow', { spent: eur('1000'), bound: false, scoped: false });
  const idle = session('idle', { bound: false, scoped: false, ends: false });
  const order = rank([idle, slow, fast], [room(20_000n, 'fast', 'slow')]);
  expect(order.map((one) => one.label)).toEqual(['fast', 'slow', 'idle']);
  expect(order[0]!.headroom).toEqual({ points: 44, why: 'At its pace paid_24h is used up in 2 min.' });
  expect(order[2]!).toMatchObject({ headroom: { points: 0 }, reach: { points: 30 }, speed: { points: 20 } });
});

test('a room that is gone counts whole for all who had a part in it, and for nobody else', () => {
  const [first, second] = rank([session('out'), session('in')], [room(-1n, 'in')]);
  expect(first).toMatchObject({ label: 'in', headroom: { points: 50, why: 'paid_24h has no room left.' } });
  expect(second).toMatchObject({ label: 'out', headroom: { points: 0 } });
});

test('one that its system can’t end gains nothing by haste; another unit is another room', () => {
  const [one] = rank(
    [session('a', { canEnd: false, spent: [{ unit: 'USD', scale: 2, amount: '9' }] })],
    [room(1n, 'a')],
  );
  expect(one).toMatchObject({ headroom: { points: 0 }, speed: { points: 0 } });
});

test('in flight: 600 a minute for ten milliseconds is rounded up, nothing stays nothing', () => {
  expect(inFlightOf({ unit: 'EUR', scale: 2, amount: '6000' }, 10)).toBe('1');
  expect(inFlightOf({ unit: 'EUR', scale: 2, amount: '6000' }, 60_000)).toBe('600');
  expect(inFlightOf({ unit: 'EUR', scale: 2, amount: '0' }, 60_000)).toBe('0');
});

test('every session is ranked once, by descending score, and more spending never ranks it lower', () => {
  const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });
  fc.assert(
    fc.property(amount, amount, fc.bigInt({ min: -1000n, max: 10n ** 15n }), (a, b, left) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const order = rank(
        [session('low', { spent: eur(`${low}`) }), session('high', { spent: eur(`${high}`) })],
        [room(left, 'low', 'high')],
      );
      expect(order).toHaveLength(2);
      const of = (label: string) => order.find((one) => one.label === label)!.score;
      expect(of('high')).toBeGreaterThanOrEqual(of('low'));
      for (const one of order) expect(one.score).toBeLessThanOrEqual(100);
    }),
  );
});
