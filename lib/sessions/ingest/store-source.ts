import { expectScan } from '@/lib/findings/expect-scan';
import { newId } from '@/lib/platform/ids';
import type { Correlated, Outcome } from '@/lib/sessions/correlate-model';
import { extendLog, touchIdentities } from '@/lib/sessions/ingest/count/store';
import { correlateWithStored } from '@/lib/sessions/ingest/facts';
import { hasLineage, keepMints, linkChildren, type Minting, moveMints } from '@/lib/sessions/ingest/lineage/store';
import { type Placed, place, type Read } from '@/lib/sessions/ingest/place';
import {
  dropSessions,
  type EventWrite,
  insertEvents,
  mergeSessions,
  moveCloses,
  placeEvents,
  type SessionWrite,
  writeSessions,
} from '@/lib/sessions/ingest/rows/store';
import { type Db, keepNew, lockSource } from '@/lib/sessions/ingest/store';
import { columnsOf } from '@/lib/sessions/told-state';

/** A log goes on while no longer than this passes between two of its events (as in `count/store`). */
const PAUSE_MS = 86_400_000;

/** What one run knows from one batch to the next. */
export interface Run {
  events: number;
  duplicates: number;
  sessions: number;
  /** Sources whose log has grown. */
  sources: Set<string>;
  /** Whom the new events are about. */
  identityIds: Set<string>;
  /** Whom the sessions are of, as far as this run changed them. */
  acting: Set<string>;
}

/** Stores one source's part of a batch. Returns what was new. */
export async function storeSource(
  db: Db,
  source: string,
  reads: Read[],
  { run, nowMs, liveMs, identities }: { run: Run; nowMs: number; liveMs: number; identities: Map<string, string> },
): Promise<Placed[]> {
  await lockSource(db, source);
  const byId = new Map<string, Read>();
  for (const read of reads) if (!byId.has(read.id)) byId.set(read.id, read);
  const before = await keepNew(db, [...byId.keys()]);
  const fresh = before.size === 0 ? [...byId.values()] : [...byId.values()].filter((read) => !before.has(read.id));
  run.events += fresh.length;
  run.duplicates += reads.length - fresh.length;
  if (fresh.length === 0) return [];
  const placed = await place(db, source, fresh, identities);
  const { outcome, whose } = await correlateWithStored(db, source, placed);
  const ids = outcome.sessions.map((session) => session.id ?? newId());
  await mergeSessions(
    db,
    outcome.merged.map(({ id, into }) => ({ id, into: ids[into]! })),
  );
  await moveCloses(
    db,
    outcome.moved.map(({ from, at, into }) => ({
      from,
      at: new Date(at).toISOString(),
      into: into === null ? null : ids[into]!,
    })),
  );
  const sessionOf = new Map<string, string>();
  outcome.sessions.forEach((session, index) => {
    for (const id of session.eventIds) sessionOf.set(id, ids[index]!);
  });
  // What was stored before moves first: a row that is no session any more may hold the place of one that now is.
  await dropSessions(
    db,
    outcome.gone.map((each) => each.id),
  );
  await writeSessions(
    db,
    outcome.sessions.map((session, index) => toWrite(session, ids[index]!, { nowMs, liveMs })),
  );
  await storeEvents(db, placed, outcome, sessionOf);
  await placeStored(db, placed, outcome, { sessionOf, whose });
  await follow(db, source, { placed, outcome, ids, sessionOf });
  run.sessions +=
    outcome.sessions.filter((session) => session.id === null).length - outcome.merged.length - outcome.gone.length;
  for (const session of outcome.sessions) run.acting.add(session.identityId);
  run.sources.add(source);
  return placed;
}

/** A derived session shows as live for a while after its last event; then it has ended at that event. */
function toWrite(session: Correlated, id: string, { nowMs, liveMs }: { nowMs: number; liveMs: number }): SessionWrite {
  const until = session.end + (session.unclosed ? liveMs : session.gapSecs * 1000);
  const live = !session.closed && until > nowMs;
  const endAt = new Date(session.end).toISOString();
  const { about } = session;
  const told = columnsOf(session.told);
  // One literal: an object of so many members that is put together piece by piece is slow ever after.
  return {
    id,
    isNew: session.id === null,
    identityId: session.identityId,
    credentialId: about?.credentialId ?? null,
    source: session.source,
    groupKey: session.key,
    startedAt: new Date(session.start).toISOString(),
    lastEventAt: endAt,
    state: live ? 'live' : 'ended',
    liveUntil: live ? new Date(until).toISOString() : null,
    endedAt: live ? null : endAt,
    endedBy: live ? null : session.closed ? 'itself' : 'timeout',
    sealed: session.sealed,
    unclosed: session.unclosed,
    about: about !== null,
    kind: about?.kind ?? 'api',
    label: about?.label ?? session.source,
    network: about?.network ?? null,
    region: about?.region ?? null,
    agent: about?.agent ?? null,
    key: about?.credential ?? null,
    firstEvent: session.first,
    told: session.told,
    anew: session.anew,
    events: session.events,
    reads: session.reads,
    changes: session.changes,
    device: told.device,
    runtime: told.runtime,
    boundKey: told.boundKey,
    scope: told.scope,
    task: told.task,
    run: told.run,
    consent: told.consent,
    trustedAt: told.trustedAt,
    acr: told.acr,
    expiresAt: told.expiresAt,
    tags: told.tags,
    lineage: told.lineage,
    parentRef: told.parentRef,
    observedBy: told.observedBy,
  };
}

async function storeEvents(db: Db, placed: Placed[], outcome: Outcome, sessionOf: Map<string, string>): Promise<void> {
  const unopened = new Set(outcome.orphans);
  await insertEvents(
    db,
    placed.map(
      ({ id, event, identityId, credentialId, key }): EventWrite => ({
        id,
        identityId,
        sessionId: sessionOf.get(id) ?? null,
        credentialId,
        event,
        attributes: unopened.has(id) ? { ...event.attributes, unopened: key } : event.attributes,
        told: toldOf(event),
      }),
    ),
  );
}

/** What an event tells beyond its own columns, as it is kept. */
function toldOf(event: Placed['event']): Record<string, unknown> | null {
  const { parent, minted, binding, scope, task, run, consent, trustedAt, acr, expiresAt, tags, life, ai, session } =
    event;
  const phase = session && session.phase !== 'seen' ? session.phase : undefined;
  const observedBy = session?.observedBy;
  if (
    !(
      phase ||
      observedBy ||
      parent ||
      minted ||
      binding ||
      scope ||
      task ||
      run ||
      consent ||
      trustedAt ||
      acr ||
      expiresAt ||
      tags ||
      life ||
      ai
    )
  )
    return null;
  return {
    phase,
    observedBy,
    parent,
    minted,
    binding,
    scope,
    task,
    run,
    consent,
    trustedAt,
    acr,
    expiresAt,
    tags,
    life,
    ai,
  };
}

/** Stored events whose session is another one now: closes that found their open, and keys that were told anew. */
async function placeStored(
  db: Db,
  placed: Placed[],
  outcome: Outcome,
  { sessionOf, whose }: { sessionOf: Map<string, string>; whose: Map<string, string> },
): Promise<void> {
  if (whose.size === 0) return;
  const here = new Set(placed.map((each) => each.id));
  const moved = [
    ...[...sessionOf].filter(([id]) => !here.has(id)).map(([eventId, sessionId]) => ({ eventId, sessionId })),
    ...outcome.orphans.filter((id) => !here.has(id)).map((eventId) => ({ eventId, sessionId: null })),
  ].flatMap((each) => (whose.has(each.eventId) ? [{ ...each, identityId: whose.get(each.eventId)! }] : []));
  await placeEvents(db, moved);
  await moveMints(
    db,
    moved.map((each) => each.eventId),
    moved.map((each) => each.sessionId),
  );
}

interface Stored {
  placed: Placed[];
  outcome: Outcome;
  ids: string[];
  sessionOf: Map<string, string>;
}

/** What follows from the rows just written: lineage, how far the log goes, and what identities show of themselves. */
async function follow(db: Db, source: string, { placed, outcome, ids, sessionOf }: Stored): Promise<void> {
  const mints = placed.flatMap(({ event, id, identityId }) =>
    (event.minted ?? []).map(
      (each): Minting => ({
        externalId: each.externalId,
        identityId,
        eventId: id,
        sessionId: sessionOf.get(id) ?? null,
        how: each.how,
        at: event.at,
        expiresAt: each.expiresAt ?? null,
      }),
    ),
  );
  const minted = await keepMints(db, source, mints);
  const { named, minted: any } = await hasLineage(db, source);
  if (named || any) {
    const keys = named ? outcome.sessions.map((session) => `key:${source}:${session.key}`) : [];
    const credentials = named
      ? outcome.sessions.flatMap(({ about }) => (about?.credential ? [`credential:${source}:${about.credential}`] : []))
      : [];
    const refs = [...new Set([...keys, ...credentials, ...minted.map((each) => `credential:${source}:${each}`)])];
    await linkChildren(db, { source, sessionIds: ids, refs, minted });
  }
  await extendLog(db, source, stretchesOf(placed));
  const spans = spansOf(placed, outcome);
  await touchIdentities(db, source, spans);
  await expectScan(db, spans);
}

/** Stretches of log without a pause. `placed` is in order of time. */
function stretchesOf(placed: Placed[]): { from: string; to: string }[] {
  const stretches: { from: number; to: number }[] = [];
  for (const { ms } of placed) {
    const last = stretches.at(-1);
    if (last && ms - last.to <= PAUSE_MS) last.to = ms;
    else stretches.push({ from: ms, to: ms });
  }
  return stretches.map(({ from, to }) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }));
}

interface Span {
  id: string;
  first: string;
  last: string;
  sessions: number;
  countFrom: string | null;
}

function spansOf(placed: Placed[], outcome: Outcome): Span[] {
  const spans = new Map<string, Span>();
  for (const { identityId, event } of placed) {
    const span = spans.get(identityId);
    if (span) span.last = event.at;
    else spans.set(identityId, { id: identityId, first: event.at, last: event.at, sessions: 0, countFrom: null });
  }
  const of = (id: string): Span => {
    const span = spans.get(id) ?? { id, first: null as never, last: null as never, sessions: 0, countFrom: null };
    spans.set(id, span);
    return span;
  };
  for (const session of outcome.sessions) {
    const span = of(session.identityId);
    const from = new Date(session.start).toISOString();
    if (session.id === null) span.sessions += 1;
    if (span.countFrom === null || from < span.countFrom) span.countFrom = from;
  }
  for (const { into } of outcome.merged) of(outcome.sessions[into]!.identityId).sessions -= 1;
  for (const { identityId } of outcome.gone) of(identityId).sessions -= 1;
  return [...spans.values()];
}
