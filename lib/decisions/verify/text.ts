import type { Trace } from '@/lib/decisions/model';
import { headOf } from '@/lib/decisions/read-traces';
import { recordText, type SealedColumns } from '@/lib/decisions/record-text';
import type { DecisionBody, EntryBody } from '@/lib/decisions/verify/store';
import { byPlace, entryText, type SealedEntry } from '@/lib/exposures/entry-text';

/** Milliseconds as sealed; a fraction, which is never written, makes another text. */
const msOf = (row: DecisionBody | EntryBody): number => (row.at as Date).getTime() + (row.at_rest as number) / 1000;

/** A decision's record as it was sealed, rebuilt from its rows. */
export const textOfDecision = (row: DecisionBody, entries: EntryBody[]): string =>
  recordText(row.trace, columnsOf(row), entries.map(entryOf).sort(byPlace));

const columnsOf = (row: DecisionBody): SealedColumns => ({
  id: row.id,
  atMs: msOf(row),
  identityId: row.identity_id as string,
  sessionId: row.session_id as string | null,
  verdict: row.verdict as string,
  alone: row.alone as string | null,
  reason: row.reason as string,
  message: row.message as string | null,
  ruleId: row.rule_id as string | null,
  policySet: row.policy_set as string | null,
  action: row.action as string,
  resourceType: row.resource_type as string,
  resourceId: row.resource_id as string,
  amount: row.amount as bigint | null,
  unit: row.unit as string | null,
  scale: row.scale as number,
  exposureId: row.exposure_id as string | null,
  holdId: row.hold_id as string | null,
  dryRun: row.dry_run as boolean,
  tokenId: row.token_id as string | null,
  requestId: row.request_id as string | null,
  latencyUs: row.latency_us as number,
});

/** What stands before everything a caller says: only there can it be the trace's own. */
const HAS_MORE = /^\{(?:"alone":"\w+",)?"also":\{"approval":/;

/** The approval of which a sealed decision spent a use; null: none. */
export function approvalUsed(text: string): string | null {
  if (!HAS_MORE.test(text)) return null;
  try {
    const trace = JSON.parse(text.slice(0, text.indexOf('\n'))) as Pick<Trace, 'dryRun'> & {
      also: { approval: { id: string } };
    };
    return trace.dryRun ? null : trace.also.approval.id;
  } catch {
    return null; // changed since it was sealed: that is found by its hash
  }
}

/** A ledger entry as it was sealed, rebuilt from its row. */
export const textOfEntry = (row: EntryBody): string => entryText(entryOf(row));

const entryOf = (row: EntryBody): SealedEntry => ({
  exposureId: row.exposure_id,
  revision: row.revision,
  atMs: msOf(row),
  kind: row.kind as SealedEntry['kind'],
  settled: row.settled as bigint,
  held: row.held as bigint,
  settledNow: row.settled_now as bigint,
  heldNow: row.held_now as bigint,
  sessionId: row.session_id as string | null,
  decisionId: row.decision_id as string | null,
  holdId: row.hold_id as string | null,
});

/** Where the columns of a changed decision tell something else than its trace. */
export function differences(row: DecisionBody): string {
  let trace: ReturnType<typeof headOf>;
  try {
    trace = headOf(row.trace);
  } catch {
    return 'Its trace is no JSON any more.';
  }
  const pairs: [string, unknown, unknown][] = [
    ['id', row.id, trace.decisionId],
    ['verdict', row.verdict, trace.verdict],
    ['alone', row.alone, trace.alone],
    ['reason', row.reason, trace.reason],
    ['identity', row.identity_id, trace.identityId],
  ];
  const found = pairs.filter(([, column, traced]) => traced !== undefined && column !== traced);
  if (found.length === 0) return `It says ${row.verdict} of ${row.action} at ${(row.at as Date).toISOString()}.`;
  return found.map(([what, column, traced]) => `Its ${what} is “${column}”, its trace says “${traced}”.`).join(' ');
}
