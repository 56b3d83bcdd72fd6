import { type Statement, send } from '@/lib/exposures/lane/send';
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

/** Decisions, ledger entries, counters and the head of the chain: one statement, whatever their number. */
const RECORDS: Statement = {
  name: 'write_records',
  text: `with d as (
      insert into decisions (writer, identity_id, id, session_id, at, verdict, alone, reason, message, rule_id, policy_set, action, resource_type,
        resource_id, amount, unit, scale, exposure_id, hold_id, dry_run, token_id, request_id, latency_us, trace, seq, hash)
      select $1::uuid, q.* from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[],
        $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::bigint[], $18::text[], $19::int[], $20::uuid[], $21::uuid[],
        $22::bool[], $23::uuid[], $24::text[], $25::int[], $26::text[], $27::bigint[], $28::bytea[]) as q),
    l as (
      insert into ledger_entries (writer, exposure_id, revision, at, kind, settled, held, settled_now, held_now, session_id, decision_id, hold_id, seq, hash)
      select $1::uuid, q.* from unnest($29::uuid[], $30::bigint[], $31::timestamptz[], $32::text[], $33::bigint[], $34::bigint[], $35::bigint[],
        $36::bigint[], $37::uuid[], $38::uuid[], $39::uuid[], $40::bigint[], $41::bytea[]) as q),
    e as (
      update exposures e set settled = q.settled, held = q.held, revision = q.revision, version = q.version, aside = q.aside, open = q.open, updated_at = $42::timestamptz
      from unnest($43::uuid[], $44::bigint[], $45::bigint[], $46::bigint[], $47::bigint[], $48::bigint[], $49::bytea[]) as q(id, settled, held, revision, version, aside, open)
      where e.id = q.id)
    update writers set seq = $2::bigint, hash = $3::bytea where id = $1::uuid`,
};

export const sendRecords = (lane: Lane, sealed: Sealed, moved: ExposureState[], nowMs: number): Promise<unknown> =>
  send(lane.client, RECORDS, (parameters) => {
    const { decisions, entries } = sealed;
    parameters
      .value('uuid', lane.writer)
      .value('bigint', sealed.seq)
      .value('bytea', sealed.hash)
      .array('uuid', decisions, (d) => d.row.identityId)
      .array('uuid', decisions, (d) => d.row.id)
      .array('uuid', decisions, (d) => d.row.sessionId)
      .array('timestamptz', decisions, (d) => d.row.atMs)
      .array('text', decisions, (d) => d.row.verdict)
      .array('text', decisions, (d) => d.row.alone)
      .array('text', decisions, (d) => d.row.reason)
      .array('text', decisions, (d) => d.row.message)
      .array('text', decisions, (d) => d.row.ruleId)
      .array('text', decisions, (d) => d.row.policySet)
      .array('text', decisions, (d) => d.row.action)
      .array('text', decisions, (d) => d.row.resourceType)
      .array('text', decisions, (d) => d.row.resourceId)
      .array('bigint', decisions, (d) => d.row.amount)
      .array('text', decisions, (d) => d.row.unit)
      .array('int', decisions, (d) => d.row.scale)
      .array('uuid', decisions, (d) => d.row.exposureId)
      .array('uuid', decisions, (d) => d.row.holdId)
      .array('bool', decisions, (d) => d.row.dryRun)
      .array('uuid', decisions, (d) => d.row.tokenId)
      .array('text', decisions, (d) => d.row.requestId)
      .array('int', decisions, (d) => d.row.latencyUs)
      .array('text', decisions, (d) => d.row.trace)
      .array('bigint', decisions, (d) => d.seq)
      .array('bytea', decisions, (d) => d.hash)
      .array('uuid', entries, (e) => e.row.exposureId)
      .array('bigint', entries, (e) => e.row.revision)
      .array('timestamptz', entries, (e) => e.row.atMs)
      .array('text', entries, (e) => e.row.kind)
      .array('bigint', entries, (e) => e.row.settled)
      .array('bigint', entries, (e) => e.row.held)
      .array('bigint', entries, (e) => e.row.settledNow)
      .array('bigint', entries, (e) => e.row.heldNow)
      .array('uuid', entries, (e) => e.row.sessionId)
      .array('uuid', entries, (e) => e.row.decisionId)
      .array('uuid', entries, (e) => e.row.holdId)
      .array('bigint', entries, (e) => e.seq)
      .array('bytea', entries, (e) => e.hash)
      .value('timestamptz', nowMs)
      .array('uuid', moved, (s) => s.id)
      .array('bigint', moved, (s) => s.settled)
      .array('bigint', moved, (s) => s.held)
      .array('bigint', moved, (s) => s.revision)
      .array('bigint', moved, (s) => s.version)
      .array('bigint', moved, (s) => s.aside ?? 0n)
      .array('bytea', moved, (s) => packSlices(s.open));
  });
