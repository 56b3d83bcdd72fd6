import type { Tx } from '@/lib/db/transaction';
import { discover } from '@/lib/identities/discover';
import { newId, sha256Hex } from '@/lib/platform/ids';
import { correlate } from '@/lib/sessions/correlate';
import type { Correlated, Fact, Outcome } from '@/lib/sessions/correlate-model';
import { eventKey } from '@/lib/sessions/ingest/event-key';
import {
  adoptOrphans,
  mergeSessions,
  moveCloses,
  type SessionWrite,
  touchIdentities,
  writeSessions,
} from '@/lib/sessions/ingest/rows/store';
import {
  type CredentialUse,
  credentialsOf,
  type EventRow,
  insertEvents,
  keepNew,
  knownIdentities,
  knownSessions,
  lockSource,
  orphansOf,
  type Who,
  whoKey,
} from '@/lib/sessions/ingest/store';
import type { SessionEventInput } from '@/lib/sessions/model';

/** A later close can be found for an open this long before it, ms. */
const ORPHAN_MS = 7 * 86_400_000;
/** A longer key is stored as its hash, so that it fits an index. */
const KEY_MOST = 400;

/** What one run knows from one batch to the next. */
export interface Run {
  events: number;
  duplicates: number;
  sessions: number;
  /** Opened, not closed so far. */
  unclosed: Set<string>;
  /** Whom the sessions are of, as far as this run changed them. */
  acting: Set<string>;
  /** Whom any event named, known ones too: an import that was cut off leaves their counters behind. */
  named: Map<string, Who>;
}

interface Placed {
  id: string;
  event: SessionEventInput;
  identityId: string;
  credentialId: string | null;
  key: string | null;
  ms: number;
}

/** Stores one source's part of a batch. Returns the ids of the identities it touched. */
export async function storeSource(
  tx: Tx,
  source: string,
  events: SessionEventInput[],
  { run, nowMs, liveMs }: { run: Run; nowMs: number; liveMs: number },
): Promise<string[]> {
  await lockSource(tx, source);
  const byKey = new Map(events.map((event) => [eventKey(event), event]));
  const fresh = await keepNew(tx, [...byKey.keys()]);
  for (const { identity } of events) run.named.set(whoKey(identity), identity);
  run.events += fresh.size;
  run.duplicates += events.length - fresh.size;
  if (fresh.size === 0) return [];
  const placed = await place(
    tx,
    source,
    [...fresh].map((key) => byKey.get(key)!),
  );
  const outcome = await correlateWithStored(tx, source, placed);
  const ids = outcome.sessions.map((session) => session.id ?? newId());
  const lastMs = placed.reduce((last, each) => Math.max(last, each.ms), 0);
  await mergeSessions(
    tx,
    outcome.merged.map(({ id, into }) => ({ id, into: ids[into]! })),
  );
  await moveCloses(
    tx,
    outcome.moved.map(({ from, at, into }) => ({
      from,
      at: new Date(at).toISOString(),
      into: into === null ? null : ids[into]!,
    })),
  );
  const writes = outcome.sessions.map((session, index) => toWrite(session, ids[index]!, { lastMs, nowMs, liveMs }));
  await writeSessions(tx, writes);
  await storeEvents(tx, source, placed, outcome, ids);
  await touchIdentities(tx, source, spansOf(placed));
  run.sessions += outcome.sessions.filter((session) => session.id === null).length - outcome.merged.length;
  outcome.sessions.forEach((session, index) => {
    run.acting.add(session.identityId);
    if (session.unclosed && !session.sealed) run.unclosed.add(ids[index]!);
    else run.unclosed.delete(ids[index]!);
  });
  return [...new Set(placed.map((each) => each.identityId))];
}

/** Ids of whom events name; who was unknown is made known. Names that are known cost one look. */
async function identitiesOf(tx: Tx, list: Who[], source: string): Promise<Map<string, string>> {
  const known = await knownIdentities(tx, list);
  const unknown = list.filter((who) => !known.has(whoKey(who)));
  const ids = await discover(
    tx,
    unknown.map((who) => ({ ...who, source, reason: `Named so in logs of ${source}` })),
  );
  return new Map([...known, ...unknown.map((who, index) => [whoKey(who), ids[index]!] as const)]);
}

/** Finds whose each event is, and by which credential. In time order, so that first and last are what they say. */
async function place(tx: Tx, source: string, events: SessionEventInput[]): Promise<Placed[]> {
  const sorted = events
    .map((event) => ({ event, ms: Date.parse(event.at) }))
    .sort((a, b) => a.ms - b.ms || (a.event.eventId < b.event.eventId ? -1 : 1));
  const who = new Map(sorted.map(({ event }) => [whoKey(event.identity), event.identity]));
  const identities = await identitiesOf(
    tx,
    [...who.entries()].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, each]) => each),
    source,
  );
  const uses = new Map<string, CredentialUse>();
  for (const { event, ms } of sorted) {
    if (!event.credential) continue;
    const identityId = identities.get(whoKey(event.identity))!;
    const at = new Date(ms).toISOString();
    const use = uses.get(`${identityId} ${event.credential.externalId}`);
    if (use) use.last = at;
    else
      uses.set(`${identityId} ${event.credential.externalId}`, {
        identityId,
        ...event.credential,
        first: at,
        last: at,
      });
  }
  const credentials = await credentialsOf(
    tx,
    [...uses.entries()].sort((a, b) => (a[0] < b[0] ? -1 : 1)).map(([, use]) => use),
    source,
  );
  return sorted.map(({ event, ms }) => {
    const identityId = identities.get(whoKey(event.identity))!;
    const key = event.session?.key ?? null;
    return {
      id: newId(),
      event,
      ms,
      identityId,
      credentialId: (event.credential && credentials.get(`${identityId} ${event.credential.externalId}`)) ?? null,
      key: key && Buffer.byteLength(key) > KEY_MOST ? sha256Hex(key) : key,
    };
  });
}

async function correlateWithStored(tx: Tx, source: string, placed: Placed[]): Promise<Outcome> {
  const facts = placed.flatMap((each) => (each.event.session && each.key ? [toFact(each, each.key)] : []));
  if (facts.length === 0) return { sessions: [], merged: [], moved: [], orphans: [] };
  const known = await knownSessions(tx, source, [...new Set(facts.map((fact) => fact.key))]);
  const opened = facts.filter((fact) => fact.phase === 'open');
  const orphans =
    opened.length === 0
      ? []
      : await orphansOf(tx, source, {
          identityIds: [...new Set(opened.map((fact) => fact.identityId))],
          keys: [...new Set(opened.map((fact) => fact.key))],
          from: new Date(opened[0]!.at).toISOString(),
          to: new Date(opened.at(-1)!.at + ORPHAN_MS).toISOString(),
        });
  return correlate(facts, known, orphans);
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
    read: event.class === 'read',
    change: event.class === 'change',
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

/** A derived session shows as live for a while after its last event; then it has ended at that event. */
function toWrite(
  session: Correlated,
  id: string,
  { lastMs, nowMs, liveMs }: { lastMs: number; nowMs: number; liveMs: number },
): SessionWrite {
  // Without its close, an opened session has lasted as long as its log goes on, so far.
  const end = session.unclosed ? Math.max(session.end, lastMs) : session.end;
  const until = end + (session.unclosed ? liveMs : session.gapSecs * 1000);
  const live = !session.closed && until > nowMs;
  const endAt = new Date(end).toISOString();
  return {
    id,
    isNew: session.id === null,
    identityId: session.identityId,
    credentialId: session.about?.credentialId ?? null,
    source: session.source,
    groupKey: session.key,
    startedAt: new Date(session.start).toISOString(),
    lastEventAt: endAt,
    state: live ? 'live' : 'ended',
    liveUntil: live ? new Date(until).toISOString() : null,
    endedAt: live ? null : endAt,
    endedBy: live ? null : session.closed ? 'itself' : 'timeout',
    sealed: session.sealed,
    kind: session.about?.kind ?? null,
    label: session.about?.label ?? null,
    network: session.about?.network ?? null,
    region: session.about?.region ?? null,
    agent: session.about?.agent ?? null,
    key: session.about?.credential ?? null,
    events: session.events,
    reads: session.reads,
    changes: session.changes,
  };
}

async function storeEvents(tx: Tx, source: string, placed: Placed[], outcome: Outcome, ids: string[]): Promise<void> {
  const sessionOf = new Map(
    outcome.sessions.flatMap((session, index) => session.eventIds.map((id) => [id, ids[index]!] as const)),
  );
  const unopened = new Set(outcome.orphans);
  const rows = placed.map(
    ({ id, event, identityId, key }): EventRow => ({
      identityId,
      id,
      sessionId: sessionOf.get(id) ?? null,
      at: event.at,
      source,
      eventId: event.eventId,
      action: event.action,
      class: event.class,
      outcome: event.outcome,
      network: event.network,
      region: event.region,
      agent: event.agent,
      resource: event.resource,
      attributes: unopened.has(id) ? { ...event.attributes, unopened: key } : event.attributes,
    }),
  );
  await insertEvents(tx, rows);
  const here = new Set(placed.map((each) => each.id));
  await adoptOrphans(
    tx,
    [...sessionOf].filter(([id]) => !here.has(id)).map(([eventId, sessionId]) => ({ eventId, sessionId })),
  );
}

function spansOf(placed: Placed[]): { id: string; first: string; last: string }[] {
  const spans = new Map<string, { id: string; first: string; last: string }>();
  for (const { identityId, ms } of placed) {
    const at = new Date(ms).toISOString();
    const span = spans.get(identityId);
    if (span) span.last = at;
    else spans.set(identityId, { id: identityId, first: at, last: at });
  }
  return [...spans.values()];
}
