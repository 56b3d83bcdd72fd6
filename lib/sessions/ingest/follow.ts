import { expectScan } from '@/lib/findings/expect-scan';
import type { Outcome } from '@/lib/sessions/correlate-model';
import { extendLog, touchIdentities } from '@/lib/sessions/ingest/count/store';
import { hasLineage, keepMints, linkChildren, type Minting } from '@/lib/sessions/ingest/lineage/store';
import type { Placed } from '@/lib/sessions/ingest/place';
import type { Db } from '@/lib/sessions/ingest/store';

/** A log goes on while no longer than this passes between two of its events (as in `count/store`). */
const PAUSE_MS = 86_400_000;

/** Whose log an event was read in, where that is not what its source says. */
export type SystemOf = (event: Placed['event']) => string | undefined;

interface Stored {
  placed: Placed[];
  outcome: Outcome;
  ids: string[];
  sessionOf: Map<string, string>;
  systemOf: SystemOf;
}

/** What follows from the rows just written: lineage, how far the log goes, and what identities show of themselves. */
export async function follow(
  db: Db,
  source: string,
  { placed, outcome, ids, sessionOf, systemOf }: Stored,
): Promise<void> {
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
  const spans = spansOf(placed, outcome, (event) => systemOf(event) ?? source);
  await touchIdentities(db, spans);
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
  /** It was seen in. */
  systems: string[];
}

function spansOf(placed: Placed[], outcome: Outcome, systemOf: (event: Placed['event']) => string): Span[] {
  const spans = new Map<string, Span>();
  for (const { identityId, event } of placed) {
    const span = spans.get(identityId);
    const system = systemOf(event);
    if (span) {
      span.last = event.at;
      if (!span.systems.includes(system)) span.systems.push(system);
    } else {
      const first = { first: event.at, last: event.at, sessions: 0, countFrom: null, systems: [system] };
      spans.set(identityId, { id: identityId, ...first });
    }
  }
  const of = (id: string): Span => {
    const span = spans.get(id) ?? {
      id,
      first: null as never,
      last: null as never,
      sessions: 0,
      countFrom: null,
      systems: [],
    };
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
