import type { About, Correlated, Fact, Known, Orphan, Outcome, Retold } from '@/lib/sessions/correlate-model';
import { tellAnew } from '@/lib/sessions/mixed-correlate';
import { joinTold, NOTHING } from '@/lib/sessions/told-state';

/**
 * Facts → sessions. What comes out depends on which facts there are, not on their order or on how they were cut into
 * runs: what is stored already takes part as if its facts came again. Rules: intervals are closed [first, last event];
 * a pause of more than `gapSecs` splits a derived session, exactly that long does not; at one instant an open session
 * closes before its key is opened anew, and an open is closed by a close of the same instant; a close without an open
 * makes nothing; an open without a close lives until its log ends (which the caller knows). A key with opens or closes and
 * activity between them, or with a session that somebody ended, is told from all its facts: `retold` holds the stored ones
 * (`needsRetelling` says of which keys). An end that somebody made cuts its key in two at that instant: what came before
 * belongs to the session that was ended as far as it would have without the end, however late it is told; what came after is another session.
 */
export function correlate(facts: Fact[], known: Known[], orphans: Orphan[] = [], retold: Retold[] = []): Outcome {
  const outcome: Outcome = { sessions: [], merged: [], moved: [], orphans: [], gone: [] };
  const again = new Map<string, Retold[]>();
  for (const each of retold) {
    const key = keyOf(each);
    const same = again.get(key);
    if (same) same.push(each);
    else again.set(key, [each]);
  }
  for (const [key, group] of groupsOf(facts, known, orphans)) {
    group.facts.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    group.known.sort((a, b) => a.start - b.start);
    const { seen, whole } = natureOf(group.facts, group.known, group.orphans);
    if (again.has(key) || whole) tellAnew([...(again.get(key) ?? []), ...group.facts], group.known, outcome);
    else if (seen) cluster(group.facts, group.known, outcome);
    else pair(group.facts, group.known, group.orphans, outcome);
  }
  return outcome;
}

export const keyOf = (of: { identityId: string; source: string; key: string }): string =>
  `${of.identityId}\u0000${of.source}\u0000${of.key}`;

/** Whether there is activity among the facts and in what is stored of their key, and whether it takes all of them to tell its sessions. */
function natureOf(facts: Fact[], known: Known[], orphans: Orphan[]): { seen: boolean; whole: boolean } {
  const begun = known.some((each) => !each.told.opened);
  const seen = facts.some((fact) => fact.phase === 'seen') || begun || known.some((each) => each.told.seen);
  const framed =
    orphans.length > 0 ||
    facts.some((fact) => fact.phase !== 'seen') ||
    known.some((each) => each.told.opened || each.told.closed || each.closed);
  return { seen, whole: framed && (seen || known.some((each) => each.sealed)) };
}

/** Keys (`keyOf`) whose stored events correlate has to be given, as facts, with the run's own. */
export function needsRetelling(facts: Fact[], known: Known[], orphans: Orphan[]): Set<string> {
  if (isOfOneKind(facts, known, orphans)) return new Set();
  const again = new Set<string>();
  for (const [key, group] of groupsOf(facts, known, orphans)) {
    if (natureOf(group.facts, group.known, group.orphans).whole) again.add(key);
  }
  return again;
}

/** Most logs are of one kind: activity alone, or opens and closes alone. Then no key has to be looked at. */
const isOfOneKind = (facts: Fact[], known: Known[], orphans: Orphan[]): boolean =>
  facts.every((fact) => fact.phase !== 'seen')
    ? known.every(({ told, sealed }) => told.opened && !told.seen && !sealed)
    : orphans.length === 0 &&
      facts.every((fact) => fact.phase === 'seen') &&
      known.every(({ told, closed }) => !(told.opened || told.closed || closed));

interface Group {
  facts: Fact[];
  known: Known[];
  orphans: Orphan[];
}

/** What is known of each key that has a fact. */
function groupsOf(facts: Fact[], known: Known[], orphans: Orphan[]): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const group = groups.get(key);
    if (group) group.facts.push(fact);
    else groups.set(key, { facts: [fact], known: [], orphans: [] });
  }
  for (const each of known) groups.get(keyOf(each))?.known.push(each);
  for (const each of orphans) groups.get(keyOf(each))?.orphans.push(each);
  return groups;
}

const draft = (from: Fact | Known, gapSecs: number): Correlated => ({
  id: null,
  identityId: from.identityId,
  source: from.source,
  key: from.key,
  start: 0,
  end: 0,
  unclosed: false,
  closed: false,
  sealed: false,
  gapSecs,
  about: null,
  first: null,
  told: NOTHING,
  events: 0,
  reads: 0,
  changes: 0,
  anew: false,
  eventIds: [],
});

/** The first of all events says what the session is; of two at one instant the one of the lower id. */
function lead(session: Correlated, at: number, id: string | null, about: About | null, leader: { at: number }): void {
  if (at > leader.at || (at === leader.at && session.first !== null && (id ?? '') >= session.first)) return;
  leader.at = at;
  session.first = id;
  session.about = about;
}

function take(session: Correlated, fact: Fact): void {
  session.told = joinTold(session.told, fact.told);
  session.events += 1;
  session.reads += fact.read ? 1 : 0;
  session.changes += fact.change ? 1 : 0;
  session.eventIds.push(fact.id);
}

// ── sessions that exist as long as events come ──

function cluster(facts: Fact[], known: Known[], outcome: Outcome): void {
  const gapSecs = Math.max(...facts.map((fact) => fact.gapSecs));
  const spans = [
    ...known.map((each) => ({ start: each.start, end: each.end, known: each, fact: null })),
    ...facts.map((fact) => ({ start: fact.at, end: fact.at, known: null, fact })),
  ].sort((a, b) => a.start - b.start || (a.known ? -1 : 1));
  let session: Correlated | null = null;
  let row: Known | null = null;
  let leader = { at: Number.POSITIVE_INFINITY };
  for (const span of spans) {
    const inside: boolean = Boolean(session) && span.start <= session!.end;
    const near: boolean = Boolean(session) && !session!.sealed && span.start - session!.end <= gapSecs * 1000;
    if (!session || !(inside || near) || (span.known && row && staysBeside(row, span.known))) {
      row = null;
      session = { ...draft(facts[0]!, gapSecs), start: span.start, end: span.end };
      outcome.sessions.push(session);
      leader = { at: Number.POSITIVE_INFINITY };
    }
    if (!session.sealed) session.end = Math.max(session.end, span.end);
    if (span.fact) {
      lead(session, span.fact.at, span.fact.id, span.fact.about, leader);
      take(session, span.fact);
    } else if (span.known) {
      // A row that is merged into another leaves what it is about behind: rows begin in order of time.
      if (session.id === null) lead(session, span.known.start, span.known.first, null, leader);
      row = join(session, row, span.known, outcome);
    }
  }
}

/** Two stored sessions that both have to keep their rows: an end that somebody made is no pause, and names go on pointing at them. */
const staysBeside = (row: Known, known: Known): boolean =>
  row.sealed || Boolean(row.named && (known.named || known.sealed));

/**
 * A stored session takes its place in the cluster that holds it: the first keeps its row, others move into it, unless
 * something names a later one, or somebody ended it. Returns the row that stays.
 */
function join(session: Correlated, row: Known | null, known: Known, outcome: Outcome): Known {
  session.told = joinTold(session.told, known.told);
  const into = outcome.sessions.length - 1;
  const stays = row && !known.named && !known.sealed ? row : known;
  if (row) outcome.merged.push(stays === row ? { id: known.id, into } : { id: row.id, into, leads: true });
  session.id = stays.id;
  seal(session, known);
  return stays;
}

function seal(session: Correlated, known: Known): void {
  if (!known.sealed) return;
  session.sealed = true;
  session.end = Math.max(known.end, known.start);
}

// ── sessions that are opened and closed ──

type Close = { at: number; fact: Fact | null; known: Known | null; orphan: Orphan | null };
type Open = { at: number; fact: Fact | null; known: Known | null };

function byInstant<T extends { at: number }>(list: T[]): Map<number, T[]> {
  const map = new Map<number, T[]>();
  for (const each of list) {
    const same = map.get(each.at);
    if (same) same.push(each);
    else map.set(each.at, [each]);
  }
  return map;
}

function pair(facts: Fact[], known: Known[], orphans: Orphan[], outcome: Outcome): void {
  const opens: Open[] = [
    ...known.map((each) => ({ at: each.start, fact: null, known: each })),
    ...facts.filter((f) => f.phase !== 'close').map((fact) => ({ at: fact.at, fact, known: null })),
  ];
  const closes: Close[] = [
    ...known.filter((k) => k.closed).map((each) => ({ at: each.end, fact: null, known: each, orphan: null })),
    ...orphans.map((orphan) => ({ at: orphan.at, fact: null, known: null, orphan })),
    ...facts.filter((f) => f.phase === 'close').map((fact) => ({ at: fact.at, fact, known: null, orphan: null })),
  ];
  const instants = [...new Set([...opens, ...closes].map((each) => each.at))].sort((a, b) => a - b);
  const opensAt = byInstant(opens);
  const closesAt = byInstant(closes);
  let session: Correlated | null = null;
  for (const at of instants) {
    const closing = [...(closesAt.get(at) ?? [])];
    const opening = opensAt.get(at) ?? [];
    if (session && closing.length > 0) session = end(session, closing.shift()!, outcome);
    if (opening.length > 0) {
      if (session) session.end = Math.max(session.start, at - 1); // its key was given away: it had ended
      if (session) session.unclosed = false;
      session = begin(facts[0]!, at, opening, outcome);
    }
    for (const close of closing) {
      if (session) session = end(session, close, outcome);
      else drop(close, outcome);
    }
  }
}

/** Opens of one key at one instant are one session. */
function begin(like: Fact, at: number, opening: Open[], outcome: Outcome): Correlated {
  const session = { ...draft(like, like.gapSecs), start: at, end: at, unclosed: true };
  const leader = { at: Number.POSITIVE_INFINITY };
  for (const { fact, known } of opening) {
    if (known) {
      session.id = known.id;
      session.told = joinTold(session.told, known.told);
      lead(session, at, known.first, null, leader);
    }
    if (fact) {
      lead(session, at, fact.id, fact.about, leader);
      take(session, fact);
    }
  }
  outcome.sessions.push(session);
  return session;
}

function end(session: Correlated, close: Close, outcome: Outcome): null {
  session.end = close.at;
  session.closed = true;
  session.unclosed = false;
  if (close.fact) take(session, close.fact);
  if (close.orphan) {
    session.events += 1;
    session.eventIds.push(close.orphan.eventId);
  }
  if (close.known && close.known.id !== session.id) {
    outcome.moved.push({ from: close.known.id, at: close.at, into: outcome.sessions.lastIndexOf(session) });
  }
  return null;
}

function drop(close: Close, outcome: Outcome): void {
  if (close.fact) outcome.orphans.push(close.fact.id);
  if (close.known) outcome.moved.push({ from: close.known.id, at: close.at, into: null });
}
