import type pg from 'pg';
import { HINT_CHANNEL } from '@/lib/db/hint';
import { recordText } from '@/lib/decisions/record-text';
import { seal } from '@/lib/decisions/seal';
import { sendConsequences } from '@/lib/exposures/commit/consequences';
import { sendClosed, sendHolds, sendKeys, sendUnclaimed } from '@/lib/exposures/commit/holds';
import { insert, iso } from '@/lib/exposures/commit/insert';
import { sendMembers } from '@/lib/exposures/commit/members';
import { byPlace, entryText } from '@/lib/exposures/entry-text';
import { binaryArray } from '@/lib/exposures/lane/binary';
import { type Lane, packed, together } from '@/lib/exposures/lane/store';
import type { Entry, ExposureState } from '@/lib/exposures/model';
import { packSlices } from '@/lib/exposures/open-slices';
import { closeEnded } from '@/lib/exposures/state';
import { sendSessions } from '@/lib/exposures/touch/store';
import type { DecisionWrite, Recorded, Writes } from '@/lib/exposures/writes';

// What a batch came to, written in one round trip that ends with the commit.

/** Writes and commits. Afterwards the lane's head is the last record's. Throws what the server said; nothing is then written. */
export async function commit(lane: Lane, writes: Writes): Promise<void> {
  const { client } = lane;
  const head = sealAll(lane, writes.records);
  const sent = packed(lane, () => {
    const all: Promise<unknown>[] = [
      ...sendDecisions(client, lane.writer, head.decisions),
      ...sendEntries(client, lane.writer, head.entries),
      ...sendExposures(client, writes.states, writes.nowMs),
      ...sendHolds(client, writes.holds),
      ...sendClosed(client, writes),
      ...sendConsequences(client, writes),
      ...sendSessions(lane, writes.sessions),
      ...sendUnclaimed(client, writes),
      ...sendKeys(client, writes),
      ...writes.hints.map((hint) => client.query('select pg_notify($1, $2)', [HINT_CHANNEL, JSON.stringify(hint)])),
    ];
    if (writes.detect)
      all.push(
        client.query(`select graphile_worker.add_job('detect-decisions', '{}'::json, job_key => 'detect-decisions')`),
      );
    all.push(
      client.query({
        name: 'move_head',
        text: 'update writers set seq = $2, hash = $3 where id = $1',
        values: [lane.writer, head.seq, head.hash],
      }),
    );
    lane.stage = 'committing';
    all.push(client.query('commit'));
    return all;
  });
  await together(sent);
  lane.stage = 'idle';
  lane.seq = head.seq;
  lane.hash = head.hash;
}

interface SealedDecision {
  row: DecisionWrite;
  latencyUs: number;
  seq: bigint;
  hash: Buffer;
}
interface SealedEntry {
  row: Entry;
  seq: bigint;
  /** Null: sealed with its decision. */
  hash: Buffer | null;
}

const MAX_LATENCY_US = 2_000_000_000;

/** Puts what happened into the chain, in its order: a decision stands in it with the entries it made, any other entry by itself. */
function sealAll(lane: Lane, records: Recorded[]) {
  const decisions: SealedDecision[] = [];
  const entries: SealedEntry[] = [];
  const done = performance.now();
  let { seq, hash } = lane;
  for (const record of records) {
    seq += 1n;
    if ('entry' in record) {
      hash = seal(hash, lane.writer, seq, entryText(record.entry));
      entries.push({ row: record.entry, seq, hash });
      continue;
    }
    const row = record.decision;
    const latencyUs = Math.min(MAX_LATENCY_US, Math.max(0, Math.round((done - row.arrivedMs) * 1000)));
    const made = record.entries.length > 1 ? record.entries.sort(byPlace) : record.entries;
    for (const entry of made) entries.push({ row: entry, seq, hash: null });
    hash = seal(hash, lane.writer, seq, recordText(row.trace, { ...row, latencyUs }, made.map(entryText)));
    decisions.push({ row, latencyUs, seq, hash });
  }
  return { decisions, entries, seq, hash };
}

function sendDecisions(client: pg.Client, writer: string, rows: SealedDecision[]): Promise<unknown>[] {
  if (!rows.length) return [];
  const of = <T>(pick: (row: DecisionWrite) => T): T[] => rows.map(({ row }) => pick(row));
  return [
    insert(client, 'decisions', {
      identity_id: ['uuid', of((d) => d.identityId)],
      id: ['uuid', of((d) => d.id)],
      session_id: ['uuid', of((d) => d.sessionId)],
      at: ['timestamptz', of((d) => d.atMs)],
      verdict: ['text', of((d) => d.verdict)],
      alone: ['text', of((d) => d.alone)],
      reason: ['text', of((d) => d.reason)],
      message: ['text', of((d) => d.message)],
      rule_id: ['text', of((d) => d.ruleId)],
      policy_set: ['text', of((d) => d.policySet)],
      action: ['text', of((d) => d.action)],
      resource_type: ['text', of((d) => d.resourceType)],
      resource_id: ['text', of((d) => d.resourceId)],
      amount: ['bigint', of((d) => d.amount)],
      unit: ['text', of((d) => d.unit)],
      scale: ['int', of((d) => d.scale)],
      exposure_id: ['uuid', of((d) => d.exposureId)],
      hold_id: ['uuid', of((d) => d.holdId)],
      dry_run: ['bool', of((d) => d.dryRun)],
      token_id: ['uuid', of((d) => d.tokenId)],
      request_id: ['text', of((d) => d.requestId)],
      latency_us: ['int', rows.map((row) => row.latencyUs)],
      trace: ['text', of((d) => d.trace)],
      writer: ['uuid', rows.map(() => writer)],
      seq: ['bigint', rows.map((row) => row.seq)],
      hash: ['bytea', rows.map((row) => row.hash)],
    }),
  ];
}

function sendEntries(client: pg.Client, writer: string, rows: SealedEntry[]): Promise<unknown>[] {
  if (!rows.length) return [];
  const of = <T>(pick: (row: Entry) => T): T[] => rows.map(({ row }) => pick(row));
  return [
    insert(client, 'ledger_entries', {
      exposure_id: ['uuid', of((e) => e.exposureId)],
      revision: ['bigint', of((e) => e.revision)],
      at: ['timestamptz', of((e) => e.atMs)],
      kind: ['text', of((e) => e.kind)],
      settled: ['bigint', of((e) => e.settled)],
      held: ['bigint', of((e) => e.held)],
      settled_now: ['bigint', of((e) => e.settledNow)],
      held_now: ['bigint', of((e) => e.heldNow)],
      session_id: ['uuid', of((e) => e.sessionId)],
      decision_id: ['uuid', of((e) => e.decisionId)],
      hold_id: ['uuid', of((e) => e.holdId)],
      writer: ['uuid', rows.map(() => writer)],
      seq: ['bigint', rows.map((row) => row.seq)],
      hash: ['bytea', rows.map((row) => row.hash)],
    }),
  ];
}

function sendExposures(client: pg.Client, all: ExposureState[], nowMs: number): Promise<unknown>[] {
  const states = all.filter((state) => state.dirty);
  if (!states.length) return [];
  for (const state of states) {
    state.version += 1n;
    closeEnded(state);
  }
  const of = <T>(pick: (state: ExposureState) => T): T[] => states.map(pick);
  const sent: Promise<unknown>[] = [
    client.query({
      name: 'update_exposures',
      text: `update exposures e set settled = q.settled, held = q.held, revision = q.revision, version = q.version, open = q.open,
               updated_at = $7::timestamptz from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[])
               as q(id, settled, held, revision, version, open) where e.id = q.id`,
      values: [
        binaryArray(
          'uuid',
          of((s) => s.id),
        ),
        binaryArray(
          'bigint',
          of((s) => s.settled),
        ),
        binaryArray(
          'bigint',
          of((s) => s.held),
        ),
        binaryArray(
          'bigint',
          of((s) => s.revision),
        ),
        binaryArray(
          'bigint',
          of((s) => s.version),
        ),
        binaryArray(
          'bytea',
          of((s) => packSlices(s.open)),
        ),
        iso(nowMs),
      ],
    }),
    ...sendNotes(
      client,
      states.filter((state) => state.noted),
    ),
  ];
  const left = states.flatMap((state) => state.leftSlices.map((slice) => ({ id: state.id, ...slice })));
  if (left.length)
    sent.push(
      client.query({
        name: 'delete_slices',
        text: `delete from exposure_buckets b using unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) as q(id, at, session)
               where b.exposure_id = q.id and b.bucket_at = q.at and b.session_id = q.session`,
        values: [left.map((s) => s.id), left.map((s) => iso(s.endMs)), left.map((s) => s.sessionId)],
      }),
    );
  const slices = states.flatMap((state) =>
    [...state.dirtySlices].flatMap((key) => (state.open.has(key) ? [] : [{ id: state.id, ...state.slices.get(key)! }])),
  );
  if (slices.length)
    sent.push(
      insert(
        client,
        'exposure_buckets',
        {
          exposure_id: ['uuid', slices.map((s) => s.id)],
          bucket_at: ['timestamptz', slices.map((s) => s.endMs)],
          session_id: ['uuid', slices.map((s) => s.sessionId)],
          settled: ['bigint', slices.map((s) => s.settled)],
          alone: ['bigint', slices.map((s) => s.alone)],
        },
        'on conflict (exposure_id, bucket_at, session_id) do update set settled = excluded.settled, alone = excluded.alone',
      ),
    );
  sent.push(...sendMembers(client, states));
  return sent;
}

/** What stands beside the counters, where it changed. */
function sendNotes(client: pg.Client, states: ExposureState[]): Promise<unknown>[] {
  if (!states.length) return [];
  const of = <T>(pick: (state: ExposureState) => T): T[] => states.map(pick);
  return [
    client.query({
      name: 'note_exposures',
      text: `update exposures e set limit_value = q.limit_value, rule_id = q.rule_id, window_secs = q.window_secs, calendar = q.calendar, warned = q.warned,
               identity_ids = coalesce((select array_agg(i::uuid) from json_array_elements_text(q.identities::json) i), '{}')
             from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::int[], $6::text[], $7::int[])
               as q(id, limit_value, rule_id, identities, window_secs, calendar, warned) where e.id = q.id`,
      values: [
        binaryArray(
          'uuid',
          of((s) => s.id),
        ),
        binaryArray(
          'bigint',
          of((s) => s.limit),
        ),
        binaryArray(
          'text',
          of((s) => s.ruleId),
        ),
        binaryArray(
          'text',
          of((s) => JSON.stringify(s.identityIds)),
        ),
        binaryArray(
          'int',
          of((s) => s.windowSecs),
        ),
        binaryArray(
          'text',
          of((s) => s.calendar ?? null),
        ),
        binaryArray(
          'int',
          of((s) => s.warned ?? null),
        ),
      ],
    }),
  ];
}
