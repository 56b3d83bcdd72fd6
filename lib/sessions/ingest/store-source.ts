import { newId } from '@/lib/platform/ids';
import type { Outcome } from '@/lib/sessions/correlate-model';
import { claim, toldBefore } from '@/lib/sessions/ingest/claim';
import { correlateWithStored, type Whose as Told } from '@/lib/sessions/ingest/facts';
import { follow, type SystemOf } from '@/lib/sessions/ingest/follow';
import { moveMints } from '@/lib/sessions/ingest/lineage/store';
import { type Placed, place, type Read, type Whose } from '@/lib/sessions/ingest/place';
import {
  countCloses,
  dropSessions,
  type EventWrite,
  insertEvents,
  mergeSessions,
  moveCloses,
  placeEvents,
  writeSessions,
} from '@/lib/sessions/ingest/rows/store';
import { type Db, keepNew, lockSource } from '@/lib/sessions/ingest/store';
import { toWrite } from '@/lib/sessions/ingest/to-write';

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
  systemOf: SystemOf;
  connectorOf: SystemOf;
  /** Highest event time so far, ms. */
  lastMs: number;
}

/** Stores one source's part of a batch. Returns what was new. */
export async function storeSource(
  db: Db,
  source: string,
  reads: Read[],
  { run, nowMs, liveMs, identities }: { run: Run; nowMs: number; liveMs: number; identities: Whose },
): Promise<Placed[]> {
  await lockSource(db, source);
  const byId = new Map<string, Read>();
  for (const read of reads) if (!byId.has(read.id)) byId.set(read.id, read);
  const stored = await keepNew(db, [...byId.keys()]);
  const fresh = stored.size === 0 ? [...byId.values()] : [...byId.values()].filter((read) => !stored.has(read.id));
  run.events += fresh.length;
  run.duplicates += reads.length - fresh.length;
  if (fresh.length === 0) return [];
  const placed = await place(db, source, fresh, identities);
  const { outcome, whose } = await correlateWithStored(db, source, placed, nowMs);
  const ids = outcome.sessions.map((session) => session.id ?? newId());
  await mergeSessions(
    db,
    outcome.merged.map(({ id, into, leads }) => ({ id, into: ids[into]!, leads })),
  );
  const closes = await moveCloses(
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
  const before = await toldBefore(db, source, outcome);
  // What was stored before moves first: a row that is no session any more may hold the place of one that now is.
  await dropSessions(
    db,
    outcome.gone.map((each) => each.id),
  );
  await writeSessions(
    db,
    outcome.sessions.map((session, index) => toWrite(session, ids[index]!, { nowMs, liveMs })),
  );
  await countCloses(db, closes);
  await claim(db, placed, { outcome, ids, sessionOf, connectorOf: run.connectorOf, before });
  await storeEvents(db, placed, outcome, sessionOf);
  await placeStored(db, placed, outcome, { sessionOf, whose });
  await follow(db, source, { placed, outcome, ids, sessionOf, systemOf: run.systemOf });
  run.sessions +=
    outcome.sessions.filter((session) => session.id === null).length - outcome.merged.length - outcome.gone.length;
  for (const session of outcome.sessions) run.acting.add(session.identityId);
  run.sources.add(source);
  return placed;
}

async function storeEvents(db: Db, placed: Placed[], outcome: Outcome, sessionOf: Map<string, string>): Promise<void> {
  const unopened = new Set(outcome.orphans);
  await insertEvents(db, placed.length, writes(placed, unopened, sessionOf));
}

function* writes(placed: Placed[], unopened: Set<string>, sessionOf: Map<string, string>): Generator<EventWrite> {
  for (const { id, event, identityId, credentialId, key, merge } of placed)
    yield {
      id,
      identityId,
      sessionId: sessionOf.get(id) ?? null,
      credentialId,
      event,
      attributes: unopened.has(id) ? { ...event.attributes, unopened: key } : event.attributes,
      told: toldOf(event, merge),
    };
}

/** What an event tells beyond its own columns, as it is kept. */
function toldOf(event: Placed['event'], merge: string | null): Record<string, unknown> | null {
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
      ai ||
      merge
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
    merge: merge ?? undefined,
  };
}

const pick = ({ identityId, key }: Told): Told => ({ identityId, key });

/** Stored events whose session is another one now: closes that found their open, and keys that were told anew. */
async function placeStored(
  db: Db,
  placed: Placed[],
  outcome: Outcome,
  { sessionOf, whose }: { sessionOf: Map<string, string>; whose: Map<string, Told> },
): Promise<void> {
  if (whose.size === 0) return;
  const here = new Set(placed.map((each) => each.id));
  const moved = [
    ...[...sessionOf].filter(([id]) => !here.has(id)).map(([eventId, sessionId]) => ({ eventId, sessionId })),
    ...outcome.orphans.filter((id) => !here.has(id)).map((eventId) => ({ eventId, sessionId: null })),
  ].flatMap((each) => (whose.has(each.eventId) ? [{ ...each, ...pick(whose.get(each.eventId)!) }] : []));
  await placeEvents(db, moved);
  await moveMints(
    db,
    moved.map((each) => each.eventId),
    moved.map((each) => each.sessionId),
  );
}
