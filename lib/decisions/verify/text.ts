import type { DecisionBody, EntryBody } from '@/lib/decisions/verify/store';
import { entryText } from '@/lib/exposures/entry-text';
import type { Entry } from '@/lib/exposures/model';

/** A decision's record as it was sealed, rebuilt from its rows. */
export const textOfDecision = (row: DecisionBody, entries: EntryBody[]): string =>
  [row.trace, ...entries.map(textOfEntry)].join('\n');

/** A ledger entry as it was sealed, rebuilt from its row. */
export const textOfEntry = (row: EntryBody): string =>
  entryText({
    exposureId: row.exposure_id,
    revision: row.revision,
    atMs: (row.at as Date).getTime(),
    kind: row.kind as Entry['kind'],
    settled: row.settled as bigint,
    held: row.held as bigint,
    settledNow: row.settled_now as bigint,
    heldNow: row.held_now as bigint,
    sessionId: row.session_id as string | null,
    identityId: row.identity_id as string | null,
    decisionId: row.decision_id as string | null,
    holdId: row.hold_id as string | null,
  });

/** Where the columns of a changed decision tell something else than its trace. */
export function differences(row: DecisionBody): string {
  let trace: Record<string, unknown>;
  try {
    trace = JSON.parse(row.trace) as Record<string, unknown>;
  } catch {
    return 'Its trace is no JSON any more.';
  }
  const identity = (trace.identity as { id?: string } | undefined)?.id;
  const pairs: [string, unknown, unknown][] = [
    ['id', row.id, trace.decisionId],
    ['verdict', row.verdict, trace.verdict],
    ['alone', row.alone, trace.alone],
    ['reason', row.reason, trace.reason],
    ['identity', row.identity_id, identity],
  ];
  const found = pairs.filter(([, column, traced]) => traced !== undefined && column !== traced);
  return found.map(([what, column, traced]) => `Its ${what} is “${column}”, its trace says “${traced}”.`).join(' ');
}
