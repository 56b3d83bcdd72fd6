import { keepConsents } from '@/lib/consents/keep-consents';
import { hint, notify } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { enqueueMany } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { answeredFor, countPeaks, endUnclosed, uncounted } from '@/lib/sessions/ingest/count/store';
import { eventIdOf } from '@/lib/sessions/ingest/event-id';
import { identitiesOf, type Read, type Whose } from '@/lib/sessions/ingest/place';
import { type Db, whoKey, writing } from '@/lib/sessions/ingest/store';
import { type Run, storeSource } from '@/lib/sessions/ingest/store-source';
import type { SessionEventInput } from '@/lib/sessions/model';

/** How long after its last event, or the last line of its log, a derived session still shows as live, ms (default of all sources). */
const LIVE_MS = 1_800_000;
const FINISH_TIMEOUT_MS = 120_000;
/** Identities asked again for after one run, at most. */
const MOST_ASKED = 200;
/** Identities counted again in one transaction. */
const COUNTED = 500;
/** Two writers crossed: the one that was turned back writes again. */
const CROSSED: ReadonlySet<unknown> = new Set(['40P01', '40001']);
const WRITE_ATTEMPTS = 4;

export interface Ingested {
  /** Newly stored. */
  events: number;
  duplicates: number;
  /** New sessions, less those that turned out to be a part of another one. */
  sessions: number;
  /** Whom the new events are about. */
  identityIds: string[];
  /** Those of them that have a session in it. */
  acting: string[];
}

/** `onFresh` is told each event that was new, once it is stored; `within` does more in the transaction that stores them. */
interface More {
  /** Whose log an event was read in, where that is not what its source says. */
  systemOf?: (event: SessionEventInput) => string | undefined;
  /** The connector whose log an event was read in; undefined: it was none's. */
  connectorOf?: (event: SessionEventInput) => string | undefined;
  onFresh?: (event: SessionEventInput) => void;
  within?: (db: Db, fresh: SessionEventInput[]) => Promise<void>;
}

/**
 * The journey of session events, once they are normalised:
 * 1. identities are found or made → 2. known events are dropped by id → 3. `correlate` says which sessions they are →
 * 4. sessions, events and lineage are written; each batch is one transaction with one hint → 5. at the end of the run,
 * sessions whose log stopped before their close last as long as it, and the identities' counters are brought up to date.
 * The next batch is read while one is written. Running it again adds nothing. Whoever calls it has authorised it and audits
 * the run as a whole.
 */
export async function ingest(
  batches: AsyncIterable<SessionEventInput[]> | Iterable<SessionEventInput[]>,
  more: More = {},
): Promise<Ingested> {
  const run: Run = {
    events: 0,
    duplicates: 0,
    sessions: 0,
    sources: new Set(),
    identityIds: new Set(),
    acting: new Set(),
    systemOf: more.systemOf ?? (() => undefined),
    connectorOf: more.connectorOf ?? (() => undefined),
    lastMs: 0,
  };
  for await (const batch of ahead(batches)) if (batch.length > 0) await storeBatch(batch, run, more);
  await finish(run);
  const { events, duplicates, sessions } = run;
  return { events, duplicates, sessions, identityIds: [...run.identityIds], acting: [...run.acting] };
}

/** Asks for the next batch before the last one has been dealt with. */
async function* ahead<T>(batches: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
  const source = Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
  let next = Promise.resolve(source.next());
  try {
    for (;;) {
      const { value, done } = await next;
      if (done) return;
      next = Promise.resolve(source.next());
      next.catch(() => undefined); // thrown where it is awaited
      yield value;
    }
  } finally {
    await source.return?.();
  }
}

async function storeBatch(batch: SessionEventInput[], run: Run, { onFresh, within }: More): Promise<void> {
  const sources = new Map<string, Read[]>();
  const reads: Read[] = [];
  for (const event of batch) {
    const ms = Date.parse(event.at);
    run.lastMs = Math.max(run.lastMs, ms);
    const read = { id: eventIdOf(event.source, event.eventId, ms), ms, who: whoKey(event.identity), event };
    reads.push(read);
    const same = sources.get(event.source);
    if (same) same.push(read);
    else sources.set(event.source, [read]);
  }
  const identities = await identitiesOf(reads);
  const before = { events: run.events, duplicates: run.duplicates, sessions: run.sessions };
  for (let attempt = 1; ; attempt++) {
    try {
      const fresh = await writing(async (db) => {
        const stored = await storeSources(db, sources, { run, identities });
        await within?.(
          db,
          stored.map((read) => read.event),
        );
        return stored;
      });
      if (onFresh) for (const read of fresh) onFresh(read.event);
      return;
    } catch (error) {
      Object.assign(run, before);
      const code = (error as { code?: unknown } | null)?.code;
      if (attempt === WRITE_ATTEMPTS || !CROSSED.has(code)) throw error;
    }
  }
}

async function storeSources(
  db: Db,
  sources: Map<string, Read[]>,
  { run, identities }: { run: Run; identities: Whose },
): Promise<Read[]> {
  const touched = new Set<string>();
  const fresh: Read[] = [];
  for (const source of [...sources.keys()].sort()) {
    const stored = await storeSource(db, source, sources.get(source)!, {
      run,
      identities,
      nowMs: clock.ms(),
      liveMs: LIVE_MS,
    });
    await keepConsents(db, stored, run.connectorOf);
    for (const read of stored) {
      touched.add(read.identityId);
      fresh.push(read);
    }
  }
  if (touched.size === 0) return fresh;
  for (const id of touched) run.identityIds.add(id);
  await notify(db, 'session');
  await notify(db, 'identity', [...touched]);
  return fresh;
}

async function finish(run: Run): Promise<void> {
  const now = clock.now().toISOString();
  for (const source of [...run.sources].sort())
    await transaction((tx) => endUnclosed(tx, source, { now, liveMs: LIVE_MS }), { timeoutMs: FINISH_TIMEOUT_MS });
  // Also those whom a run that was cut off has left behind.
  for (;;) {
    const counted = await transaction((tx) => count(tx), { timeoutMs: FINISH_TIMEOUT_MS });
    if (counted < COUNTED) break;
  }
  if (run.identityIds.size === 0) return;
  await transaction(async (tx) => {
    await hint(tx, 'session');
    await hint(tx, 'identity', [...run.identityIds]);
    // What is live beside a session is part of what it was allowed on.
    // A log of long ago brings nothing that is live.
    if (run.lastMs + LIVE_MS <= clock.ms()) return;
    // Who was never answered anything has nothing to be asked again.
    const asked = (await answeredFor(tx, [...run.acting])).sort().slice(0, MOST_ASKED);
    await enqueueMany(
      tx,
      'reevaluate-sessions',
      asked.map((id) => ({ key: `reevaluate:${id}`, payload: { identityIds: [id], because: 'event' } })),
    );
  });
}

async function count(tx: Tx): Promise<number> {
  const ids = await uncounted(tx, COUNTED);
  await countPeaks(tx, ids);
  return ids.length;
}
