import type { Outcome } from '@/lib/sessions/correlate-model';
import { addToldBy, toldUnder } from '@/lib/sessions/ingest/claimed/store';
import type { SystemOf } from '@/lib/sessions/ingest/follow';
import type { Placed } from '@/lib/sessions/ingest/place';
import type { Db } from '@/lib/sessions/ingest/store';

type Under = Awaited<ReturnType<typeof toldUnder>>;

/** Of keys that were told anew: who told of the rows before they go. */
export async function toldBefore(db: Db, source: string, outcome: Outcome): Promise<Under> {
  const anew = outcome.sessions.filter((session) => session.id === null);
  if (outcome.gone.length === 0 && !anew.some((session) => session.anew)) return [];
  return toldUnder(db, source, [...new Set(anew.map((session) => session.key))]);
}

/**
 * A session belongs to the connector whose own pulled log told of it, unless two of them did: then it is nobody's. What was sent
 * in or imported names no connector and takes nothing from one.
 */
export async function claim(
  db: Db,
  placed: Placed[],
  {
    outcome,
    ids,
    sessionOf,
    connectorOf,
    before,
  }: {
    outcome: Outcome;
    ids: string[];
    sessionOf: Map<string, string>;
    connectorOf: SystemOf;
    before: Under;
  },
): Promise<void> {
  const claims = placed.flatMap(({ id, event }) => {
    const connectorId = connectorOf(event);
    const sessionId = sessionOf.get(id);
    return connectorId && sessionId ? [{ sessionId, connectorId }] : [];
  });
  outcome.sessions.forEach((session, index) => {
    if (session.id !== null) return;
    for (const one of before)
      if (one.key === session.key && one.identityId === session.identityId)
        claims.push({ sessionId: ids[index]!, connectorId: one.connectorId });
  });
  await addToldBy(db, claims);
}
