import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correlate } from '@/lib/sessions/correlate';
import type { Fact } from '@/lib/sessions/correlate-model';
import { bothWays, cut, fact, replay, sealedBetween, shuffled } from '@/lib/sessions/testing-correlate';

const mixed = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom('a', 'b'),
      fc.integer({ min: 0, max: 16 }),
      fc.constantFrom('open' as const, 'close' as const, 'seen' as const, 'seen' as const),
    ),
    { maxLength: 24, selector: String },
  )
  .map((list) => list.map(([key, n, phase]) => fact(`${key}${n}${phase}`, key, n * 700_000, phase)));

describe('sessions with a begin, an end and activity between them', () => {
  const spans = (facts: Fact[]) =>
    correlate(facts, []).sessions.map(({ start, end, closed, unclosed, events }) => [
      start,
      end,
      closed,
      unclosed,
      events,
    ]);

  test('in any order and any cut the sessions are the same', () => {
    fc.assert(
      fc.property(shuffled(mixed), ({ facts, other, size }) => {
        expect(replay(cut(other, size))).toEqual(replay([facts]));
      }),
      { numRuns: 1500 },
    );
  });

  test('whatever comes after somebody ended sessions, in any order and any cut the sessions are the same', () => {
    fc.assert(
      fc.property(sealedBetween(mixed), (given) => {
        const { any, sorted } = bothWays(given);
        expect(any).toEqual(sorted);
      }),
      { numRuns: 1500 },
    );
  });

  test('sessions whose events were dropped stay as they were, whatever comes later under their keys', () => {
    const LONG_AGO = 2_000_000_000;
    // Opened, and activity in it: its key is told anew from then on.
    const framed = ['a', 'b'].flatMap((key) => [
      fact(`old ${key} open`, key, -LONG_AGO - 5000, 'open'),
      fact(`old ${key} seen`, key, -LONG_AGO - 4000, 'seen'),
      fact(`old ${key} close`, key, -LONG_AGO - 3000, 'close'),
    ]);
    const given = fc.record({
      old: mixed,
      later: shuffled(mixed),
      sealing: fc.record({ keys: fc.subarray(['a', 'b']), afterMs: fc.constantFrom(0, 1, 700_000) }),
    });
    fc.assert(
      fc.property(given, ({ old, later: { facts, other, size }, sealing }) => {
        const before = [
          ...framed,
          ...old.map((each) => fact(`old ${each.id}`, each.key, each.at - LONG_AGO, each.phase)),
        ];
        const stood = replay([before], sealing);
        const all = replay([before, ...cut(other, size)], sealing, true);
        expect(all.filter((each) => each.start < 0)).toEqual(stood);
        expect(all.filter((each) => each.start >= 0)).toEqual(replay([facts]));
      }),
      { numRuns: 1500 },
    );
  });

  test('activity belongs to the session that is open, however long the pause', () => {
    const facts = [fact('o', 'a', 0, 'open'), fact('s', 'a', 9_000_000, 'seen'), fact('c', 'a', 20_000_000, 'close')];
    expect(spans(facts)).toEqual([[0, 20_000_000, true, false, 3]]);
  });

  test('activity alone lasts as long as it comes; a close ends it; what comes later is another session', () => {
    const facts = [
      fact('1', 'a', 0, 'seen'),
      fact('2', 'a', 1000, 'seen'),
      fact('3', 'a', 2000, 'close'),
      fact('4', 'a', 3000, 'seen'),
      fact('5', 'a', 9_000_000, 'seen'),
    ];
    expect(spans(facts)).toEqual([
      [0, 2000, true, false, 3],
      [3000, 3000, false, false, 1],
      [9_000_000, 9_000_000, false, false, 1],
    ]);
  });

  test('an open goes on with the activity just before it, and a close that comes too late ends nothing', () => {
    expect(spans([fact('1', 'a', 0, 'seen'), fact('2', 'a', 10, 'open'), fact('3', 'a', 20, 'close')])).toEqual([
      [0, 20, true, false, 3],
    ]);
    const late = correlate([fact('1', 'a', 0, 'seen'), fact('2', 'a', 9_000_000, 'close')], []);
    expect([late.sessions.length, late.orphans]).toEqual([1, ['2']]);
  });
});
