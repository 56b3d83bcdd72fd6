import type { Correlated, Known, Outcome } from '@/lib/sessions/correlate-model';

/**
 * An outcome without the stored sessions that are as they were: a key that is used for years has many, and one event changes
 * one of them. What is at its end only now (`nowMs`) has changed.
 */
export function changed(outcome: Outcome, known: Known[], nowMs: number): Outcome {
  const stored = new Map(known.map((each) => [each.id, each]));
  const into = new Set([...outcome.merged, ...outcome.moved].map((each) => each.into));
  const from = new Set(outcome.moved.map((each) => each.from));
  const sessions: Correlated[] = [];
  const place = outcome.sessions.map((session, index) => {
    const row = session.id === null ? undefined : stored.get(session.id);
    const same = row && !into.has(index) && !from.has(row.id) && isSame(session, row, nowMs);
    return same ? -1 : sessions.push(session) - 1;
  });
  if (sessions.length === outcome.sessions.length) return outcome;
  return {
    ...outcome,
    sessions,
    merged: outcome.merged.map((each) => ({ ...each, into: place[each.into]! })),
    moved: outcome.moved.map((each) => ({ ...each, into: each.into === null ? null : place[each.into]! })),
  };
}

const isSame = (session: Correlated, row: Known, nowMs: number): boolean =>
  !session.anew &&
  session.eventIds.length === 0 &&
  session.start === row.start &&
  session.end === row.end &&
  session.closed === row.closed &&
  // One that was opened and has no close lasts as long as its log.
  (row.closed || (!row.told.opened && session.end + session.gapSecs * 1000 <= nowMs));
