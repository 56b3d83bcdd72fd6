// For tests only: facts, and runs of them fed one after another as ingest does with its tables.
import fc from 'fast-check';
import { expect } from 'vitest';
import { correlate, keyOf, needsRetelling } from '@/lib/sessions/correlate';
import type { Fact, Known, Orphan, Outcome, Retold } from '@/lib/sessions/correlate-model';
import { columnsOf, toldBy } from '@/lib/sessions/told-state';

const about = {
  kind: 'api',
  label: '',
  network: null,
  region: null,
  agent: null,
  credential: null,
  credentialId: null,
};
export const fact = (id: string, key: string, at: number, phase: Fact['phase']): Fact => ({
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

type Row = Known & { label: string; events: Set<string> };

/** Closes that belong to another session than the one they were stored with. */
function moveCloses(
  { moved, sessions }: Outcome,
  { before, facts, orphans }: { before: Map<string, Row>; facts: Map<string, Fact>; orphans: Orphan[] },
): void {
  for (const { from, at, into } of moved) {
    const held = before.get(from)!;
    const event = [...held.events].find((e) => facts.get(e)!.phase === 'close' && facts.get(e)!.at === at)!;
    held.events.delete(event);
    if (into !== null) sessions[into]!.eventIds.push(event);
    else orphans.push({ eventId: event, identityId: 'i', source: 's', key: held.key, at });
  }
}

/** After the first run somebody ends the last session of each of these keys that has no close, so long after its last event. */
export interface Sealing {
  keys: string[];
  afterMs: number;
}

function sealIn(stored: Row[], { keys, afterMs }: Sealing): void {
  for (const key of keys) {
    const last = stored.filter((each) => each.key === key).sort((a, b) => b.start - a.start)[0];
    if (!last || last.closed) continue;
    last.sealed = true;
    last.end += afterMs;
  }
}

/** The events that are kept of keys told anew. */
function storedOf(
  again: Set<string>,
  { known, waiting, kept }: { known: Row[]; waiting: Orphan[]; kept: Map<string, Fact> },
): Retold[] {
  const of = (eventId: string, sessionId: string | null): Retold[] => {
    const event = kept.get(eventId);
    return event ? [{ ...event, sessionId }] : [];
  };
  return [
    ...known
      .filter((each) => again.has(keyOf(each)))
      .flatMap(({ id, events }) => [...events].flatMap((event) => of(event, id))),
    ...waiting.filter((each) => again.has(keyOf(each))).flatMap((each) => of(each.eventId, null)),
  ];
}

/** Feeds runs one after another, as ingest does with its tables. `forgets`: after the first run its events are dropped, as retention does. */
export function replay(runs: Fact[][], sealing?: Sealing, forgets = false) {
  let stored: Row[] = [];
  let orphans: Orphan[] = [];
  const facts = new Map(runs.flat().map((each) => [each.id, each]));
  const kept = new Map(facts);
  let next = 0;
  for (const [index, run] of runs.entries()) {
    const keys = new Set(run.map((each) => each.key));
    const known = stored.filter((each) => keys.has(each.key));
    const waiting = orphans.filter((each) => keys.has(each.key));
    const again = needsRetelling(run, known, waiting);
    const retold = storedOf(again, { known, waiting, kept });
    const outcome = correlate(
      run,
      known,
      waiting.filter((each) => !again.has(keyOf(each))),
      retold,
    );
    const ids = outcome.sessions.map((session) => session.id ?? `n${next++}`);
    const before = new Map(stored.map((each) => [each.id, each]));
    for (const { id, into, leads } of outcome.merged) {
      const target = before.get(ids[into]!)!;
      if (leads) target.label = before.get(id)!.label;
      for (const event of before.get(id)!.events) target.events.add(event);
      before.delete(id);
    }
    moveCloses(outcome, { before, facts, orphans });
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
        eventCount: events.size,
      });
    });
    stored = [...before.values()];
    const taken = new Set(outcome.sessions.flatMap((session) => session.eventIds));
    orphans = orphans.filter((each) => !taken.has(each.eventId));
    for (const id of outcome.orphans) {
      const { key, at } = facts.get(id)!;
      orphans.push({ eventId: id, identityId: 'i', source: 's', key, at });
    }
    if (index === 0 && sealing) sealIn(stored, sealing);
    if (index === 0 && forgets) {
      for (const each of run) kept.delete(each.id);
      orphans = [];
    }
  }
  return standingOf(stored);
}

const standingOf = (stored: Row[]) =>
  stored
    .map(({ key, start, end, closed, sealed, events, label, told, first }) => ({
      key,
      sealed,
      first,
      told: columnsOf(told),
      start,
      end,
      closed,
      label,
      events: [...events].sort(),
    }))
    .sort((a, b) => (a.key + a.start < b.key + b.start ? -1 : 1) || a.start - b.start);

export const cut = (facts: Fact[], size: number): Fact[][] =>
  facts.length === 0 ? [] : [facts.slice(0, size), ...cut(facts.slice(size), size)];

/** Facts that are there when sessions are ended, and facts that come later: in order and at once, or in any order and cut. */
export const sealedBetween = (make: fc.Arbitrary<Fact[]>) =>
  make.chain((facts) =>
    fc.record({
      split: fc.integer({ min: 0, max: facts.length }),
      mixed: fc.shuffledSubarray(facts, { minLength: facts.length }),
      size: fc.integer({ min: 1, max: 8 }),
      sealing: fc.record({
        keys: fc.subarray(['a', 'b']),
        afterMs: fc.constantFrom(0, 1, 500_000, 700_000, 1_200_000, 1_800_000),
      }),
    }),
  );

/** What came of it either way. */
export function bothWays({
  mixed,
  split,
  size,
  sealing,
}: {
  mixed: Fact[];
  split: number;
  size: number;
  sealing: Sealing;
}) {
  const [before, after] = [mixed.slice(0, split), mixed.slice(split)];
  const sorted = [...after].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  return { any: replay([before, ...cut(after, size)], sealing), sorted: replay([before, sorted], sealing) };
}

export const shuffled = (make: fc.Arbitrary<Fact[]>) =>
  make.chain((facts) =>
    fc.record({
      facts: fc.constant(facts),
      other: fc.shuffledSubarray(facts, { minLength: facts.length }),
      size: fc.integer({ min: 1, max: 8 }),
    }),
  );
