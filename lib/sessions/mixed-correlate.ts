import type { Correlated, Fact, Known, Outcome, Retold } from '@/lib/sessions/correlate-model';
import { joinTold } from '@/lib/sessions/told-state';

/**
 * A key with opens or closes and activity between them, or with a session that somebody ended, told from all its facts, stored
 * ones too. An open begins a session that lasts until its close, its key's next open or the end of its log; activity belongs
 * to the session that is open, else it makes one that lasts as long as events come and that a close ends as well; an open that
 * follows close upon such activity goes on with it. An end that somebody made is the end of the last session begun before it;
 * a close that follows it, before anything else does, is that session's own. Sessions whose events are not kept any more stay
 * as they are: an end that somebody made of one cuts its key, and takes nothing.
 */
export function tellAnew(facts: (Fact | Retold)[], known: Known[], outcome: Outcome): void {
  const gapMs = Math.max(...facts.map((fact) => fact.gapSecs)) * 1000;
  const told: Held[] = [];
  const held = new Set(facts.flatMap((fact) => ('sessionId' in fact && fact.sessionId ? [fact.sessionId] : [])));
  const seals = new Seals(known, { told, held });
  let current: Held | null = null;
  for (const instant of instantsOf(facts)) {
    const { at } = instant[0]!;
    if (seals.passUntil(at)) current = null;
    let rest = instant;
    const own = seals.closing;
    const close = own ? instant.find((fact) => fact.phase === 'close') : undefined;
    if (own && close && !instant.some((fact) => fact.phase === 'seen')) {
      take(own, close);
      own.session.told = { ...own.session.told, closed: [true, at, close.id] };
      rest = instant.filter((fact) => fact !== close);
    }
    seals.closing = null;
    if (current && rest.length > 0 && isOver(current.session, at, gapMs)) current = null;
    for (const fact of inOrder(rest, current !== null)) {
      current = step(current, fact, told);
      if (!current) outcome.orphans.push(fact.id);
    }
  }
  seals.passUntil(Number.POSITIVE_INFINITY);
  settle(
    told,
    known.filter((each) => held.has(each.id)),
    outcome,
  );
}

/** Retention took its events: what it was stands in its row alone. */
const isForgotten = (row: Known, held: ReadonlySet<string>): boolean => row.eventCount > 0 && !held.has(row.id);

/** The ends that somebody made, in order: each is given to the last session begun before it. */
class Seals {
  /** The session whose end was the last that was passed, while its system's close may still follow. */
  closing: Held | null = null;
  private readonly ends: { at: number; row: Known }[];
  private readonly told: Held[];
  private readonly held: ReadonlySet<string>;
  private from = 0;

  /** `held`: the rows that have stored events. */
  constructor(known: Known[], { told, held }: { told: Held[]; held: ReadonlySet<string> }) {
    this.told = told;
    this.held = held;
    this.ends = known
      .filter((each) => each.sealed)
      .map((row) => ({ at: Math.max(row.end, row.start), row }))
      .sort((a, b) => a.at - b.at || (a.row.id < b.row.id ? -1 : 1));
  }

  /** Passes those before `at`. Returns whether there was one. */
  passUntil(at: number): boolean {
    let passed = false;
    for (let end = this.ends[0]; end && end.at < at; end = this.ends[0]) {
      this.ends.shift();
      passed = true;
      if (isForgotten(end.row, this.held)) {
        this.from = this.told.length;
        this.closing = null;
        continue;
      }
      const held = this.told.length > this.from ? this.told.at(-1)! : emptied(end.row, this.told);
      this.from = this.told.length;
      this.closing = held.session.closed ? null : held;
      const { session } = held;
      if (session.closed) session.told = { ...session.told, closed: [true, session.end, session.first ?? ''] };
      Object.assign(session, { id: end.row.id, end: end.at, sealed: true, closed: false, unclosed: false });
    }
    return passed;
  }
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

/** A row somebody ended of which nothing is left: its events turned out to be another's. */
function emptied(row: Known, told: Held[]): Held {
  const { identityId, source, key, start, first } = row;
  const like = { identityId, source, key, at: start, gapSecs: 0, told: row.told };
  const held: Held = { session: { ...begin({ ...like, id: first ?? '' } as Fact), about: null, first }, facts: [] };
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

/** Gives each session the row that held its earliest stored event, rather one that something names; of these rows, those left over are gone. */
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
