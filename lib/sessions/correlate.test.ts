import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correlate } from '@/lib/sessions/correlate';
import type { Known } from '@/lib/sessions/correlate-model';
import { bothWays, cut, fact, replay, sealedBetween, shuffled } from '@/lib/sessions/testing-correlate';
import { NOTHING } from '@/lib/sessions/told-state';

const seen = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b'), fc.integer({ min: 0, max: 40 })), {
    maxLength: 30,
    selector: String,
  })
  .map((list) => list.map(([key, n]) => fact(`${key}${n}`, key, n * 600_000, 'seen')));

const paired = fc
  .uniqueArray(
    fc.tuple(
      fc.constantFrom('a', 'b'),
      fc.integer({ min: 0, max: 20 }),
      fc.constantFrom('open' as const, 'close' as const),
    ),
    {
      maxLength: 24,
      selector: String,
    },
  )
  .map((list) => list.map(([key, n, phase]) => fact(`${key}${n}${phase}`, key, n * 1000, phase)));

describe('sessions that last as long as events come', () => {
  test('a pause of exactly 1800 s does not split, a longer one does', () => {
    const same = correlate([fact('1', 'a', 0, 'seen'), fact('2', 'a', 1_800_000, 'seen')], []);
    expect(same.sessions.map(({ start, end }) => [start, end])).toEqual([[0, 1_800_000]]);
    const split = correlate([fact('1', 'a', 0, 'seen'), fact('2', 'a', 1_800_001, 'seen')], []);
    expect(split.sessions.map(({ start, end }) => [start, end])).toEqual([
      [0, 0],
      [1_800_001, 1_800_001],
    ]);
  });

  test('in any order and any cut the sessions are the same', () => {
    fc.assert(
      fc.property(shuffled(seen), ({ facts, other, size }) => {
        expect(replay(cut(other, size))).toEqual(replay([facts]));
      }),
      { numRuns: 400 },
    );
  });

  test('whatever comes after somebody ended sessions, in any order and any cut the sessions are the same', () => {
    fc.assert(
      fc.property(sealedBetween(seen), (given) => {
        const { any, sorted } = bothWays(given);
        expect(any).toEqual(sorted);
      }),
      { numRuns: 1500 },
    );
  });

  test('an event between two stored sessions makes them one, in the row of the first', () => {
    const known = (id: string, start: number): Known => ({
      id,
      identityId: 'i',
      source: 's',
      key: 'a',
      start,
      end: start,
      first: null,
      told: NOTHING,
      closed: false,
      sealed: false,
      eventCount: 1,
    });
    const outcome = correlate([fact('x', 'a', 1_500_000, 'seen')], [known('late', 3_000_000), known('early', 0)]);
    expect(outcome.sessions).toHaveLength(1);
    expect(outcome.sessions[0]).toMatchObject({ id: 'early', start: 0, end: 3_000_000, events: 1, changes: 1 });
    expect(outcome.merged).toEqual([{ id: 'late', into: 0 }]);
  });

  test('a session that was ended by somebody never lives again', () => {
    const known: Known = {
      id: 'k',
      identityId: 'i',
      source: 's',
      key: 'a',
      start: 0,
      end: 1000,
      first: null,
      told: NOTHING,
      closed: false,
      sealed: true,
      eventCount: 1,
    };
    const outcome = correlate([fact('in', 'a', 500, 'seen'), fact('after', 'a', 2000, 'seen')], [known]);
    expect(outcome.sessions.map(({ id, start, end, events }) => [id, start, end, events])).toEqual([
      ['k', 0, 1000, 1],
      [null, 2000, 2000, 1],
    ]);
  });
});

describe('late events and a session that somebody ended', () => {
  const row = (id: string, start: number, over: Partial<Known> = {}): Known => ({
    id,
    identityId: 'i',
    source: 's',
    key: 'a',
    start,
    end: start,
    first: null,
    told: NOTHING,
    closed: false,
    sealed: false,
    eventCount: 1,
    ...over,
  });

  test('what led up to it is its begin: it takes in the session before, and stays ended', () => {
    const sealed = row('sealed', 3_000_000, { end: 3_500_000, sealed: true });
    const outcome = correlate([fact('x', 'a', 1_500_000, 'seen')], [sealed, row('early', 0)]);
    expect(outcome.sessions.map(({ id, start, end, sealed, events }) => [id, start, end, sealed, events])).toEqual([
      ['sealed', 0, 3_500_000, true, 1],
    ]);
    expect(outcome.merged).toEqual([{ id: 'early', into: 0, leads: true }]);
  });

  test('a pause that is too long leaves them apart', () => {
    const sealed = row('sealed', 3_000_000, { sealed: true });
    const outcome = correlate([fact('x', 'a', 1_199_999, 'seen')], [sealed, row('early', 0)]);
    expect(outcome.sessions.map(({ id, start, end }) => [id, start, end])).toEqual([
      ['early', 0, 1_199_999],
      ['sealed', 3_000_000, 3_000_000],
    ]);
  });

  test('of two that were ended each keeps what lay before its own end', () => {
    const [one, two] = [row('one', 0, { end: 1000, sealed: true }), row('two', 2_000_000, { sealed: true })];
    const facts = [fact('x', 'a', 900, 'seen'), fact('y', 'a', 1001, 'seen'), fact('z', 'a', 1_500_000, 'seen')];
    expect(correlate(facts, [one, two]).sessions.map(({ id, start, end, events }) => [id, start, end, events])).toEqual(
      [
        ['one', 0, 1000, 1],
        ['two', 1001, 2_000_000, 2],
      ],
    );
  });

  test('its system tells of the end a moment later: that close is its own', () => {
    const told = { opened: [true, 0, 'o'] } as Known['told'];
    const known = row('k', 0, { end: 1000, sealed: true, told });
    const { sessions, orphans } = correlate(
      [fact('c', 'a', 1200, 'close')],
      [known],
      [],
      [{ ...fact('o', 'a', 0, 'open'), sessionId: 'k' }],
    );
    expect(sessions.map(({ id, end, sealed, eventIds }) => [id, end, sealed, eventIds])).toEqual([
      ['k', 1000, true, ['o', 'c']],
    ]);
    expect(orphans).toEqual([]);
  });
});

describe('sessions that are opened and closed', () => {
  test('in any order and any cut the sessions are the same', () => {
    fc.assert(
      fc.property(shuffled(paired), ({ facts, other, size }) => {
        expect(replay(cut(other, size))).toEqual(replay([facts]));
      }),
      { numRuns: 600 },
    );
  });

  test('whatever comes after somebody ended sessions, in any order and any cut the sessions are the same', () => {
    fc.assert(
      fc.property(sealedBetween(paired), (given) => {
        const { any, sorted } = bothWays(given);
        expect(any).toEqual(sorted);
      }),
      { numRuns: 1500 },
    );
  });

  test('a key that is used again makes another session', () => {
    const { sessions, orphans } = correlate(
      [
        fact('c0', 'a', 0, 'close'),
        fact('o1', 'a', 1, 'open'),
        fact('c1', 'a', 1, 'close'),
        fact('o2', 'a', 5, 'open'),
      ],
      [],
    );
    expect(sessions.map(({ start, end, unclosed }) => [start, end, unclosed])).toEqual([
      [1, 1, false],
      [5, 5, true],
    ]);
    expect(orphans).toEqual(['c0']);
  });

  test('an open beside a stored open that its close follows takes that close', () => {
    const known: Known = {
      id: 'k',
      identityId: 'i',
      source: 's',
      key: 'a',
      start: 10,
      end: 30,
      first: null,
      told: { opened: [true, 10, 'x'] },
      closed: true,
      sealed: false,
      eventCount: 1,
    };
    const outcome = correlate([fact('o', 'a', 20, 'open')], [known]);
    expect(outcome.sessions.map(({ id, start, end, closed }) => [id, start, end, closed])).toEqual([
      ['k', 10, 19, false],
      [null, 20, 30, true],
    ]);
    expect(outcome.moved).toEqual([{ from: 'k', at: 30, into: 1 }]);
  });
});
