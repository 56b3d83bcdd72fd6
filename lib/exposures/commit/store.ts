import { recordText } from '@/lib/decisions/record-text';
import { seal } from '@/lib/decisions/seal';
import { sendConsequences } from '@/lib/exposures/commit/consequences';
import { sendClosed, sendHolds, sendKeys } from '@/lib/exposures/commit/holds';
import { type Sealed, type SealedDecision, type SealedEntry, sendRecords } from '@/lib/exposures/commit/records';
import { sendSlices } from '@/lib/exposures/commit/slices';
import { byPlace, entryText } from '@/lib/exposures/entry-text';
import { tellHints } from '@/lib/exposures/lane/hints';
import { type Lane, together } from '@/lib/exposures/lane/store';
import { closeEnded, movesAside } from '@/lib/exposures/state';
import { sendSessions } from '@/lib/exposures/touch/store';
import type { Recorded, Writes } from '@/lib/exposures/writes';

// What a batch came to, written in one round trip that ends with the commit.

/** Writes and commits; `committing` is called when all of it has been sent. Afterwards the lane's head is the last record's. Throws what the server said; nothing is then written. */
export async function commit(lane: Lane, writes: Writes, committing: () => void): Promise<void> {
  const { client } = lane;
  const head = sealAll(lane, writes.records);
  const moved = writes.states.filter((state) => state.dirty);
  for (const state of moved) {
    state.version += 1n;
    closeEnded(state);
    if (movesAside(state)) state.aside = (state.aside ?? 0n) + 1n;
  }
  const sent = client.pack(() => {
    const all: Promise<unknown>[] = [
      ...sendRecords(lane, head, moved, writes.nowMs),
      ...sendSlices(client, moved),
      ...sendHolds(client, writes.holds),
      ...sendClosed(client, writes),
      ...sendConsequences(client, writes),
      ...sendSessions(lane, writes.sessions),
      ...sendKeys(client, writes),
      ...tellHints(client, writes.hints),
    ];
    if (writes.detect)
      all.push(
        client.query(`select graphile_worker.add_job('detect-decisions', '{}'::json, job_key => 'detect-decisions')`),
      );
    all.push(client.finish());
    return all;
  });
  committing();
  await together(sent);
  lane.seq = head.seq;
  lane.hash = head.hash;
}

const MAX_LATENCY_US = 2_000_000_000;

/** Puts what happened into the chain, in its order: a decision stands in it with the entries it made, any other entry by itself. */
function sealAll(lane: Lane, records: Recorded[]): Sealed {
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
    row.latencyUs = Math.min(MAX_LATENCY_US, Math.max(0, Math.round((done - row.arrivedMs) * 1000)));
    const made = record.entries.length > 1 ? record.entries.sort(byPlace) : record.entries;
    for (const entry of made) entries.push({ row: entry, seq, hash: null });
    hash = seal(hash, lane.writer, seq, recordText(row.trace, row, made));
    decisions.push({ row, seq, hash });
  }
  return { decisions, entries, seq, hash };
}
