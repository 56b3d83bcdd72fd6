import type { Correlated, Fact, Known, Orphan, Outcome } from '@/lib/sessions/correlate-model';

/**
 * Facts → sessions. What comes out depends on which facts there are, not on their order or on how they were cut into
 * runs: what is stored already takes part as if its facts came again. Rules: intervals are closed [first, last event];
 * a pause of more than `gapSecs` splits a derived session, exactly that long does not; at one instant an open session
 * closes before its key is opened anew, and an open is closed by a close of the same instant; a close without an open
 * makes nothing; an open without a close lives until its log ends (which the caller knows).
 */
export function correlate(facts: Fact[], known: Known[], orphans: Orphan[] = []): Outcome {
  const outcome: Outcome = { sessions: [], merged: [], moved: [], orphans: [] };
  const keyOf = (of: { identityId: string; source: string; key: string }) =>
    `${of.identityId}\u0000${of.source}\u0000${of.key}`;
  const groups = new Map<string, { facts: Fact[]; known: Known[]; orphans: Orphan[] }>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const group = groups.get(key);
    if (group) group.facts.push(fact);
    else groups.set(key, { facts: [fact], known: [], orphans: [] });
  }
  for (const each of known) groups.get(keyOf(each))?.known.push(each);
  for (const each of orphans) groups.get(keyOf(each))?.orphans.push(each);
  for (const group of groups.values()) {
    group.facts.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    group.known.sort((a, b) => a.start - b.start);
    const seen = group.facts.every((fact) => fact.phase === 'seen');
    if (seen) cluster(group.facts, group.known, outcome);
    else pair(group.facts, group.known, group.orphans, outcome);
  }
  return outcome;
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
  events: 0,
  reads: 0,
  changes: 0,
  eventIds: [],
});

function take(session: Correlated, fact: Fact): void {
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
  for (const span of spans) {
    const inside: boolean = Boolean(session) && span.start <= session!.end;
    const near: boolean = Boolean(session) && !session!.sealed && span.start - session!.end <= gapSecs * 1000;
    if (!session || !(inside || near) || (span.known && session.sealed)) {
      session = { ...draft(facts[0]!, gapSecs), start: span.start, end: span.end };
      outcome.sessions.push(session);
    }
    if (!session.sealed) session.end = Math.max(session.end, span.end);
    if (span.fact) {
      if (session.events === 0 && session.id === null) session.about = span.fact.about;
      take(session, span.fact);
    } else if (span.known) {
      join(session, span.known, outcome);
    }
  }
}

/** A stored session takes its place in the cluster that holds it: the first keeps its row, others move into it. */
function join(session: Correlated, known: Known, outcome: Outcome): void {
  if (session.id === null) {
    session.id = known.id;
    if (session.start === known.start) session.about = null;
  } else {
    outcome.merged.push({ id: known.id, into: outcome.sessions.length - 1 });
  }
  if (!known.sealed) return;
  session.sealed = true;
  session.end = known.end;
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
  for (const { fact, known } of opening) {
    if (known) {
      session.id = known.id;
      session.sealed = known.sealed;
      if (known.sealed) session.end = known.end;
    }
    if (fact) take(session, fact);
  }
  if (session.id === null) session.about = opening.find((open) => open.fact)?.fact?.about ?? null;
  outcome.sessions.push(session);
  return session;
}

function end(session: Correlated, close: Close, outcome: Outcome): null {
  if (!session.sealed) session.end = close.at;
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
