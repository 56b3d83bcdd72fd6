import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correlate, keyOf, needsRetelling } from '@/lib/sessions/correlate';
import type { Fact, Known, Orphan } from '@/lib/sessions/correlate-model';
import { columnsOf, NOTHING, toldBy } from '@/lib/sessions/told-state';

const about = {
  kind: 'api',
  label: '',
  network: null,
  region: null,
  agent: null,
  credential: null,
  credentialId: null,
};
const fact = (id: string, key: string, at: number, phase: Fact['phase']): Fact => ({
  id,
  identityId: 'i',
  source: 's',
  key,
  phase,
  gapSecs: 1800,
  at,
  about: { ...about, label: id },
  // Every third tells something, so that what is told is told the same in any order.
  told: toldBy(
    {
      source: 's',
      session: { key, kind: 'api', label: '', phase, gapSecs: 1800 },
      ...(at % 3 === 0 && phase !== 'close' ? { scope: `scope ${id}`, expiresAt: `until ${id}`, tags: [id] } : {}),
    },
    at,
    id,
  ),
  read: false,
  change: true,
});

/** Feeds runs one after another, as ingest does with its tables. */
function replay(runs: Fact[][]) {
  let stored: (Known & { label: string; events: Set<string> })[] = [];
  let orphans: Orphan[] = [];
  const facts = new Map(runs.flat().map((each) => [each.id, each]));
  let next = 0;
  for (const run of runs) {
    const keys = new Set(run.map((each) => each.key));
    const known = stored.filter((each) => keys.has(each.key));
    const waiting = orphans.filter((each) => keys.has(each.key));
    const again = needsRetelling(run, known, waiting);
    const retold = [
      ...known
        .filter((each) => again.has(keyOf(each)))
        .flatMap(({ id, events }) => [...events].map((event) => ({ ...facts.get(event)!, sessionId: id }))),
      ...waiting
        .filter((each) => again.has(keyOf(each)))
        .map((each) => ({ ...facts.get(each.eventId)!, sessionId: null })),
    ];
    const outcome = correlate(
      run,
      known,
      waiting.filter((each) => !again.has(keyOf(each))),
      retold,
    );
    const ids = outcome.sessions.map((session) => session.id ?? `n${next++}`);
    const before = new Map(stored.map((each) => [each.id, each]));
    for (const { id, into } of outcome.merged) {
      const target = before.get(ids[into]!)!;
      for (const event of before.get(id)!.events) target.events.add(event);
      before.delete(id);
    }
    for (const { from, at, into } of outcome.moved) {
      const held = before.get(from)!;
      const event = [...held.events].find((e) => facts.get(e)!.phase === 'close' && facts.get(e)!.at === at)!;
      held.events.delete(event);
      if (into !== null) outcome.sessions[into]!.eventIds.push(event);
      else orphans.push({ eventId: event, identityId: 'i', source: 's', key: held.key, at });
    }
    for (const { id } of outcome.gone) before.delete(id);
    const here = new Set(retold.map((each) => each.id));
    for (const each of before.values()) for (const event of here) each.events.delete(event);
    orphans = orphans.filter((each) => !here.has(each.eventId));
    outcome.sessions.forEach((session, index) => {
      const old = before.get(ids[index]!);
      const { key, start, end, closed, sealed, told, first, anew } = session;
      if (anew) expect(session.events).toBe(session.eventIds.length);
      const events = new Set([...(old?.events ?? []), ...session.eventIds]);
      const label = session.about?.label ?? old!.label;
      before.set(ids[index]!, {
        id: ids[index]!,
        identityId: 'i',
        source: 's',
        key,
        start,
        end,
        closed,
        sealed,
        told,
        first,
        label,
        events,
      });
    });
    stored = [...before.values()];
    const taken = new Set(outcome.sessions.flatMap((session) => session.eventIds));
    orphans = orphans.filter((each) => !taken.has(each.eventId));
    for (const id of outcome.orphans) {
      const { key, at } = facts.get(id)!;
      orphans.push({ eventId: id, identityId: 'i', source: 's', key, at });
    }
  }
  return stored
    .map(({ key, start, end, closed, events, label, told, first }) => ({
      key,
      first,
      told: columnsOf(told),
      start,
      end,
      closed,
      label,
      events: [...events].sort(),
    }))
    .sort((a, b) => (a.key + a.start < b.key + b.start ? -1 : 1) || a.start - b.start);
}

const cut = (facts: Fact[], size: number): Fact[][] =>
  facts.length === 0 ? [] : [facts.slice(0, size), ...cut(facts.slice(size), size)];

const shuffled = (make: fc.Arbitrary<Fact[]>) =>
  make.chain((facts) =>
    fc.record({
      facts: fc.constant(facts),
      other: fc.shuffledSubarray(facts, { minLength: facts.length }),
      size: fc.integer({ min: 1, max: 8 }),
    }),
  );

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
    };
    const outcome = correlate([fact('in', 'a', 500, 'seen'), fact('after', 'a', 2000, 'seen')], [known]);
    expect(outcome.sessions.map(({ id, start, end, events }) => [id, start, end, events])).toEqual([
      ['k', 0, 1000, 1],
      [null, 2000, 2000, 1],
    ]);
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
    };
    const outcome = correlate([fact('o', 'a', 20, 'open')], [known]);
    expect(outcome.sessions.map(({ id, start, end, closed }) => [id, start, end, closed])).toEqual([
      ['k', 10, 19, false],
      [null, 20, 30, true],
    ]);
    expect(outcome.moved).toEqual([{ from: 'k', at: 30, into: 1 }]);
  });
});

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
