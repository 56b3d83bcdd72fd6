import type { CopyRows } from '@/lib/exposures/lane/binary';
import { type Statement, send, sendCopy } from '@/lib/exposures/lane/send';
import type { Lane } from '@/lib/exposures/lane/store';
import type { Entry, ExposureState } from '@/lib/exposures/model';
import { packSlices } from '@/lib/exposures/open-slices';
import type { DecisionWrite } from '@/lib/exposures/writes';

export interface SealedDecision {
  row: DecisionWrite;
  seq: bigint;
  hash: Buffer;
}
export interface SealedEntry {
  row: Entry;
  seq: bigint;
  /** Null: sealed with its decision. */
  hash: Buffer | null;
}
/** Records in their order, and the head they lead to. */
export interface Sealed {
  decisions: SealedDecision[];
  entries: SealedEntry[];
  seq: bigint;
  hash: Buffer;
}

const DECISIONS: Statement = {
  name: 'copy_decisions',
  text: `copy decisions (writer, identity_id, id, session_id, at, verdict, alone, reason, message, rule_id, policy_set, action, resource_type,
    resource_id, amount, unit, scale, exposure_id, hold_id, dry_run, token_id, request_id, latency_us, trace, seq, hash) from stdin (format binary)`,
};
const ENTRIES: Statement = {
  name: 'copy_entries',
  text: `copy ledger_entries (writer, exposure_id, revision, at, kind, settled, held, settled_now, held_now, session_id, decision_id, hold_id, seq, hash)
    from stdin (format binary)`,
};

/** Counters and the head of the chain: one statement, whatever their number. */
const MOVED: Statement = {
  name: 'write_moved',
  text: `with e as (
      update exposures e set settled = q.settled, held = q.held, revision = q.revision, version = q.version, aside = q.aside, open = q.open, updated_at = $4::timestamptz
      from unnest($5::uuid[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bytea[]) as q(id, settled, held, revision, version, aside, open)
      where e.id = q.id)
    update writers set seq = $2::bigint, hash = $3::bytea where id = $1::uuid`,
};

/** Decisions and ledger entries as rows to be copied, then counters and the head of the chain. */
export function sendRecords(lane: Lane, sealed: Sealed, moved: ExposureState[], nowMs: number): Promise<unknown>[] {
  const { client } = lane;
  const { decisions, entries } = sealed;
  const sent: Promise<unknown>[] = [];
  if (decisions.length)
    sent.push(
      sendCopy(client, DECISIONS, (rows) => {
        for (const one of decisions) decisionRow(rows, lane.writer, one);
      }),
    );
  if (entries.length)
    sent.push(
      sendCopy(client, ENTRIES, (rows) => {
        for (const one of entries) entryRow(rows, lane.writer, one);
      }),
    );
  sent.push(
    send(client, MOVED, (parameters) =>
      parameters
        .value('uuid', lane.writer)
        .value('bigint', sealed.seq)
        .value('bytea', sealed.hash)
        .value('timestamptz', nowMs)
        .array('uuid', moved, (s) => s.id)
        .array('bigint', moved, (s) => s.settled)
        .array('bigint', moved, (s) => s.held)
        .array('bigint', moved, (s) => s.revision)
        .array('bigint', moved, (s) => s.version)
        .array('bigint', moved, (s) => s.aside ?? 0n)
        .array('bytea', moved, (s) => packSlices(s.open)),
    ),
  );
  return sent;
}

const decisionRow = (rows: CopyRows, writer: string, { row, seq, hash }: SealedDecision): CopyRows =>
  rows
    .row(26)
    .uuid(writer)
    .uuid(row.identityId)
    .uuid(row.id)
    .uuid(row.sessionId)
    .timestamptz(row.atMs)
    .text(row.verdict)
    .text(row.alone)
    .text(row.reason)
    .text(row.message)
    .text(row.ruleId)
    .text(row.policySet)
    .text(row.action)
    .text(row.resourceType)
    .text(row.resourceId)
    .bigint(row.amount)
    .text(row.unit)
    .int(row.scale)
    .uuid(row.exposureId)
    .uuid(row.holdId)
    .bool(row.dryRun)
    .uuid(row.tokenId)
    .text(row.requestId)
    .int(row.latencyUs)
    .text(row.trace)
    .bigint(seq)
    .bytea(hash);

const entryRow = (rows: CopyRows, writer: string, { row, seq, hash }: SealedEntry): CopyRows =>
  rows
    .row(14)
    .uuid(writer)
    .uuid(row.exposureId)
    .bigint(row.revision)
    .timestamptz(row.atMs)
    .text(row.kind)
    .bigint(row.settled)
    .bigint(row.held)
    .bigint(row.settledNow)
    .bigint(row.heldNow)
    .uuid(row.sessionId)
    .uuid(row.decisionId)
    .uuid(row.holdId)
    .bigint(seq)
    .bytea(hash);
