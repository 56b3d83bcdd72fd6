import type { Tx } from '@/lib/db/transaction';
import { canonical } from '@/lib/decisions/canonical';
import type { CheckpointReason, CheckpointText, Dropped } from '@/lib/decisions/checkpoint/model';
import {
  type CheckpointRecord,
  dbNow,
  headsNow,
  insertCheckpoint,
  lastCheckpoint,
  lockCheckpoints,
} from '@/lib/decisions/checkpoint/store';
import { type Head, Tree } from '@/lib/decisions/checkpoint/tree';
import { newId, sha256Hex } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';
import { publicKey, signText } from '@/lib/platform/signing';

/** Signs where every writer stands now, in the caller's transaction. `dropped`: what the same transaction takes away. */
export async function writeCheckpoint(
  tx: Tx,
  reason: CheckpointReason,
  dropped: Dropped[] | null = null,
): Promise<CheckpointRecord> {
  await lockCheckpoints(tx);
  const last = await lastCheckpoint(tx);
  const at = await dbNow(tx);
  const { tree, moved, records } = await look(tx);
  const key = publicKey();
  const before = last ? (JSON.parse(last.text) as CheckpointText) : null;
  const said: CheckpointText = {
    format: 'braid.checkpoint.v1',
    log: before?.log ?? newId(),
    seq: ((last?.seq ?? 0n) + 1n).toString(),
    at: at.toISOString(),
    reason,
    previous: last ? sha256Hex(last.text) : null,
    writers: tree.size,
    records: records.toString(),
    root: tree.root(),
    key: key.id,
    ...(dropped ? { drop: sha256Hex(canonical(dropped)) } : {}),
  };
  const text = canonical(said);
  const record: CheckpointRecord = {
    seq: BigInt(said.seq),
    at,
    reason,
    text,
    signature: signText(text),
    publicKey: key.spki,
    heads: moved.map(({ head }) => [head.writer, head.seq, head.hash]),
    detail: dropped,
  };
  await insertCheckpoint(tx, record, moved);
  return record;
}

/** All heads as they are now, and which moved since they were last signed. */
async function look(tx: Tx) {
  const tree = new Tree();
  const moved: { position: number; head: Head }[] = [];
  let records = 0n;
  for (const found of await headsNow(tx)) {
    const position = found.position ?? tree.size;
    const seq = found.seq ?? found.known_seq!;
    if (found.seq === null || (found.known_seq !== null && found.seq < found.known_seq))
      log.error(
        { writer: found.writer },
        'the log is shorter than when it was last checkpointed: run braid audit verify',
      );
    const head: Head = { writer: found.writer, seq: seq.toString(), hash: found.hash };
    tree.put(position, head);
    records += seq;
    if (found.known_seq === null || found.known_seq !== found.seq) moved.push({ position, head });
  }
  return { tree, moved, records };
}
