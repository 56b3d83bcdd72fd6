import { correlate, keyOf, needsRetelling } from '@/lib/sessions/correlate';
import type { Fact, Known, Orphan, Outcome, Retold } from '@/lib/sessions/correlate-model';
import { changed } from '@/lib/sessions/ingest/changed';
import type { Placed } from '@/lib/sessions/ingest/place';
import {
  type Db,
  eventsOf,
  knownSessions,
  namedSessions,
  orphansOf,
  type StoredEvent,
} from '@/lib/sessions/ingest/store';
import { NOTHING, type Told, toldBy } from '@/lib/sessions/told-state';

/** Whose a stored event is, and under which key it was told. */
export interface Whose {
  identityId: string;
  key: string;
}

/** Placed events with what is stored of their keys → sessions. `whose`: the identity and key of each stored event that was told anew. */
export async function correlateWithStored(
  db: Db,
  source: string,
  placed: Placed[],
  nowMs: number,
): Promise<{ outcome: Outcome; whose: Map<string, Whose> }> {
  const facts = placed.flatMap((each) => (each.key === null ? [] : [toFact(each, each.key)]));
  if (facts.length === 0) return { outcome: correlate([], []), whose: new Map() };
  const keys = [...new Set(facts.map((fact) => fact.key))];
  const known = await knownSessions(db, source, keys);
  const orphans = await orphansOf(db, source, keys);
  const whose = new Map<string, Whose>(orphans.map((each) => [each.eventId, each]));
  const again = needsRetelling(facts, known, orphans);
  let retold: Retold[] = [];
  if (again.size > 0) {
    const rows = known.filter((each) => again.has(keyOf(each)));
    const closes = orphans.filter((each) => again.has(keyOf(each)));
    const stored = await eventsOf(
      db,
      rows.map((each) => each.id),
      closes,
      source,
    );
    const gapSecs = new Map(facts.map((fact) => [keyOf(fact), fact.gapSecs]));
    retold = stored.map((each) => toRetold(each, source, gapSecs));
    for (const each of stored) whose.set(each.id, each);
  }
  const mixed = (each: Orphan | Known): boolean => again.has(keyOf(each));
  const closes = orphans.filter((each) => !mixed(each));
  const outcome = correlate(facts, known, closes, retold);
  const named = await namedIn(db, outcome, known);
  if (named.size === 0) return { outcome: changed(outcome, known, nowMs), whose };
  const marked = known.map((each) => (named.has(each.id) ? { ...each, named: true } : each));
  return { outcome: changed(correlate(facts, marked, closes, retold), marked, nowMs), whose };
}

/** Stored sessions that something names, of the keys of which a row would go. Rows seldom go, so nobody else pays for it. */
async function namedIn(db: Db, outcome: Outcome, known: Known[]): Promise<Set<string>> {
  if (outcome.merged.length === 0 && outcome.gone.length === 0) return new Set();
  const keys = new Set(outcome.merged.map(({ into }) => keyOf(outcome.sessions[into]!)));
  const gone = new Set(outcome.gone.map((each) => each.id));
  for (const each of known) if (gone.has(each.id)) keys.add(keyOf(each));
  return namedSessions(
    db,
    known.filter((each) => keys.has(keyOf(each))),
  );
}

function toFact(each: Placed, key: string): Fact {
  const { event } = each;
  const session = event.session!;
  return {
    id: each.id,
    identityId: each.identityId,
    source: event.source,
    key,
    phase: session.phase,
    gapSecs: session.gapSecs,
    at: each.ms,
    read: event.class === 'read' && session.phase !== 'close',
    change: event.class === 'change' && session.phase !== 'close',
    told: named(toldBy(event, each.ms, each.id), each.merge, each),
    about: {
      kind: session.kind,
      label: session.label,
      network: event.network,
      region: event.region,
      agent: event.agent,
      credential: event.credential?.externalId ?? null,
      credentialId: each.credentialId,
    },
  };
}

/** What an event tells, and the merge by which it is its identity's: undone, its session goes back. */
const named = (told: Told, merge: string | null | undefined, { id, ms }: { id: string; ms: number }): Told =>
  merge ? { ...told, merge: [merge, ms, id] } : told;

function toRetold(each: StoredEvent, source: string, gapSecs: Map<string, number>): Retold {
  const told = (each.told ?? {}) as { phase?: Fact['phase']; merge?: string } & Record<string, never>;
  const phase = told.phase ?? phaseOf(each.action);
  const key = { identityId: each.identityId, source, key: each.key };
  return {
    ...key,
    id: each.id,
    sessionId: each.sessionId,
    phase,
    gapSecs: gapSecs.get(keyOf(key)) ?? 1800,
    at: each.at,
    read: each.class === 'read' && phase !== 'close',
    change: each.class === 'change' && phase !== 'close',
    told:
      each.told || phase === 'open'
        ? named(toldBy({ ...told, source, session: { ...told, phase } as never }, each.at, each.id), told.merge, {
            id: each.id,
            ms: each.at,
          })
        : NOTHING,
    about: {
      kind: each.kind,
      label: each.label,
      network: each.network,
      region: each.region,
      agent: each.agent,
      credential: each.credential,
      credentialId: each.credentialId,
    },
  };
}

/** Events stored before phases were kept. */
const phaseOf = (action: string): Fact['phase'] =>
  action === 'session.open' ? 'open' : action === 'session.close' ? 'close' : 'seen';
