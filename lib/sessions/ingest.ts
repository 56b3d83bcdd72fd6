import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { countSessions, endUnclosed } from '@/lib/sessions/ingest/rows/store';
import { knownIdentities } from '@/lib/sessions/ingest/store';
import { type Run as SourceRun, storeSource } from '@/lib/sessions/ingest/store-source';
import type { SessionEventInput } from '@/lib/sessions/model';

/** How long after its last event, or the last line of its log, a derived session still shows as live, ms (default of all sources). */
const LIVE_MS = 1_800_000;
const BATCH_TIMEOUT_MS = 120_000;
/** Identities asked again for after one run, at most. */
const MOST_ASKED = 200;

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

interface Run extends SourceRun {
  identityIds: Set<string>;
  /** Highest event time so far, ms. */
  lastMs: number;
}

/**
 * The journey of session events, once they are normalised:
 * 1. known events are dropped by key → 2. identities and credentials are found or made → 3. `correlate` says which
 * sessions they are → 4. sessions and events are written; each batch is one transaction with one hint → 5. at the end of
 * the run, sessions whose log stopped before their close end with it, and the identities' counters are brought up to date.
 * Running it again adds nothing. Whoever calls it has authorised it and audits the run as a whole.
 */
export async function ingest(
  batches: AsyncIterable<SessionEventInput[]> | Iterable<SessionEventInput[]>,
): Promise<Ingested> {
  const run: Run = {
    events: 0,
    duplicates: 0,
    sessions: 0,
    identityIds: new Set(),
    unclosed: new Set(),
    acting: new Set(),
    named: new Map(),
    lastMs: 0,
  };
  for await (const batch of batches) {
    if (batch.length === 0) continue;
    await transaction((tx) => storeBatch(tx, batch, run), { timeoutMs: BATCH_TIMEOUT_MS });
  }
  if (run.named.size > 0) await transaction((tx) => finish(tx, run), { timeoutMs: BATCH_TIMEOUT_MS });
  const { events, duplicates, sessions } = run;
  return { events, duplicates, sessions, identityIds: [...run.identityIds], acting: [...run.acting] };
}

async function storeBatch(tx: Tx, batch: SessionEventInput[], run: Run): Promise<void> {
  const sources = new Map<string, SessionEventInput[]>();
  for (const event of batch) {
    const same = sources.get(event.source);
    if (same) same.push(event);
    else sources.set(event.source, [event]);
    run.lastMs = Math.max(run.lastMs, Date.parse(event.at));
  }
  const touched = new Set<string>();
  for (const source of [...sources.keys()].sort()) {
    const stored = await storeSource(tx, source, sources.get(source)!, { run, nowMs: clock.ms(), liveMs: LIVE_MS });
    for (const id of stored) touched.add(id);
  }
  if (touched.size === 0) return;
  for (const id of touched) run.identityIds.add(id);
  await hint(tx, 'session');
  await hint(tx, 'identity', [...touched]);
}

async function finish(tx: Tx, run: Run): Promise<void> {
  const until = run.lastMs + LIVE_MS;
  await endUnclosed(tx, [...run.unclosed], {
    lastLine: new Date(run.lastMs).toISOString(),
    liveUntil: until > clock.ms() ? new Date(until).toISOString() : null,
  });
  const named = await knownIdentities(tx, [...run.named.values()]);
  await countSessions(tx, [...new Set(named.values())].sort());
  if (run.identityIds.size === 0) return;
  await hint(tx, 'session');
  await hint(tx, 'identity', [...run.identityIds]);
  // What is live beside a session is part of what it was allowed on; a log of long ago brings nothing that is live.
  if (until <= clock.ms()) return;
  for (const id of [...run.acting].sort().slice(0, MOST_ASKED)) {
    const again = { identityIds: [id], because: 'event' };
    await enqueue(tx, 'reevaluate-sessions', again, { key: `reevaluate:${id}` });
  }
}
