import type { Correlated, Fact, Known, Outcome, Retold } from '@/lib/sessions/correlate-model';
import { joinTold } from '@/lib/sessions/told-state';

/**
 * A key with opens or closes and activity between them, told from all its facts, stored ones too. An open begins a session
 * that lasts until its close, its key's next open or the end of its log; activity belongs to the session that is open, else it
 * makes one that lasts as long as events come and that a close ends as well; an open that follows close upon such activity
 * goes on with it. A session that was sealed keeps its span: what came later is another one.
 */
export function tellAnew(facts: (Fact | Retold)[], known: Known[], outcome: Outcome): void {
  const sealed = known.filter((each) => each.sealed);
  const gapMs = Math.max(...facts.map((fact) => fact.gapSecs)) * 1000;
  const told: Held[] = [];
  let current: Held | null = null;
  for (const instant of instantsOf(facts)) {
    const free = instant.filter((fact) => {
      const own = sealed.find((each) => fact.at >= each.start && fact.at <= each.end);
      if (own) take(told.find(({ session }) => session.id === own.id) ?? keep(own, fact, told), fact);
      return !own;
    });
    if (free.length === 0) continue;
    if (current && isOver(current.session, free[0]!.at, gapMs)) current = null;
    for (const fact of inOrder(free, current !== null)) {
      current = step(current, fact, told);
      if (!current) outcome.orphans.push(fact.id);
    }
  }
  settle(told, known, outcome);
}

interface Held {
  session: Correlated;
  facts: (Fact | Retold)[];
}

function instantsOf(facts: (Fact | Retold)[]): (Fact | Retold)[][] {
  const sorted = [...facts].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const instants: (Fact | Retold)[][] = [];
  for (const fact of sorted) {
    const last = instants.at(-1);
    if (last && last[0]!.at === fact.at) last.push(fact);
    else instants.push([fact]);
  }
  return instants;
}

const isOver = (session: Correlated, at: number, gapMs: number): boolean =>
  session.closed ? at > session.end : !session.unclosed && at - session.end > gapMs;

/** At one instant: what goes on does its last, closes, and then its key is opened anew; an open is closed by a close of its instant. */
function inOrder(instant: (Fact | Retold)[], goesOn: boolean): (Fact | Retold)[] {
  const of = (phase: Fact['phase']) => instant.filter((fact) => fact.phase === phase);
  const closes = of('close');
  return goesOn && of('open').length > 0
    ? [...of('seen'), ...closes.slice(0, 1), ...of('open'), ...closes.slice(1)]
    : [...of('open'), ...of('seen'), ...closes];
}

function step(held: Held | null, fact: Fact | Retold, told: Held[]): Held | null {
  let current = held;
  if (fact.phase === 'open' && current) {
    const { session } = current;
    if (session.closed) current = null;
    else if (session.unclosed && fact.at > session.start) {
      session.end = Math.max(session.start, fact.at - 1); // its key was given away: it had ended
      session.unclosed = false;
      current = null;
    }
  }
  if (!current) {
    if (fact.phase === 'close') return null;
    current = { session: begin(fact), facts: [] };
    told.push(current);
  }
  take(current, fact);
  const { session } = current;
  session.end = Math.max(session.end, fact.at);
  if (fact.phase === 'close') session.closed = true;
  session.unclosed = (session.unclosed || fact.phase === 'open') && !session.closed;
  return current;
}

const begin = (fact: Fact): Correlated => ({
  id: null,
  identityId: fact.identityId,
  source: fact.source,
  key: fact.key,
  start: fact.at,
  end: fact.at,
  unclosed: false,
  closed: false,
  sealed: false,
  gapSecs: fact.gapSecs,
  about: fact.about,
  first: fact.id,
  told: fact.told,
  events: 0,
  reads: 0,
  changes: 0,
  anew: true,
  eventIds: [],
});

function keep(own: Known, fact: Fact, told: Held[]) {
  const session = { ...begin(fact), id: own.id, start: own.start, end: own.end, closed: own.closed, sealed: true };
  const held = { session: { ...session, about: null, first: own.first, told: own.told }, facts: [] };
  told.push(held);
  return held;
}

function take(held: Held, fact: Fact | Retold): void {
  const { session } = held;
  held.facts.push(fact);
  session.told = joinTold(session.told, fact.told);
  session.events += 1;
  session.reads += fact.read ? 1 : 0;
  session.changes += fact.change ? 1 : 0;
  session.eventIds.push(fact.id);
}

/** Gives each session the row that held its earliest stored event, rather one that something names; rows left over are gone. */
function settle(told: Held[], known: Known[], outcome: Outcome): void {
  const free = new Set(known.map((each) => each.id));
  const named = new Set(known.flatMap((each) => (each.named ? [each.id] : [])));
  for (const { session } of told) if (session.id) free.delete(session.id);
  for (const { session, facts } of told) {
    if (session.id === null) {
      const row = facts.flatMap((fact) => ('sessionId' in fact && fact.sessionId ? [fact.sessionId] : []));
      session.id = row.find((id) => free.has(id) && named.has(id)) ?? row.find((id) => free.has(id)) ?? null;
      if (session.id) free.delete(session.id);
    }
    // Opened, and activity in it: whatever comes later under its key, it is told anew.
    if (session.told.opened && facts.some((fact) => fact.phase === 'seen'))
      session.told = { ...session.told, seen: [true, session.start, session.first ?? ''] };
    outcome.sessions.push(session);
  }
  for (const { id, identityId, sealed } of known)
    if (free.has(id) && !sealed && !named.has(id)) outcome.gone.push({ id, identityId });
}
