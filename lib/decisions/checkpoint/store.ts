import { pool } from '@/lib/db/client';
import type { Tx } from '@/lib/db/transaction';
import type { Dropped } from '@/lib/decisions/checkpoint/model';
import type { Head } from '@/lib/decisions/checkpoint/tree';

export interface CheckpointRecord {
  seq: bigint;
  at: Date;
  reason: string;
  text: string;
  signature: Uint8Array;
  publicKey: Uint8Array;
  /** [writer, seq, hash] of what moved since the one before. */
  heads: [string, string, string][];
  detail: Dropped[] | null;
}

const COLUMNS = 'seq, at, reason, text, signature, public_key as "publicKey", heads, detail';

/** Checkpoints are taken one after another. */
export const lockCheckpoints = async (tx: Tx): Promise<void> => {
  await tx.$executeRaw`select pg_advisory_xact_lock(7262003)`;
};

export async function lastCheckpoint(tx: Tx): Promise<{ seq: bigint; text: string } | undefined> {
  const rows = await tx.$queryRaw<{ seq: bigint; text: string }[]>`
    select seq, text from checkpoints order by seq desc limit 1`;
  return rows[0];
}

interface KnownHead {
  writer: string;
  position: number | null;
  /** As last checkpointed. */
  known_seq: bigint | null;
  /** As it is; null: the writer's row is gone. */
  seq: bigint | null;
  hash: string;
}

/** Every writer ever checkpointed or there now, checkpointed ones first and in their order. One instant. */
export const headsNow = (tx: Tx): Promise<KnownHead[]> =>
  tx.$queryRaw<KnownHead[]>`
    select coalesce(w.id, c.writer) as writer, c.position, c.seq as known_seq, w.seq, encode(coalesce(w.hash, c.hash), 'hex') as hash
    from checkpoint_heads c full join writers w on w.id = c.writer order by c.position nulls last, w.started_at, w.id`;

export const dbNow = async (tx: Tx): Promise<Date> =>
  (await tx.$queryRaw<{ now: Date }[]>`select date_trunc('milliseconds', clock_timestamp()) as now`)[0]!.now;

export async function insertCheckpoint(
  tx: Tx,
  record: CheckpointRecord,
  moved: { position: number; head: Head }[],
): Promise<void> {
  await tx.$executeRaw`insert into checkpoints (seq, at, reason, text, signature, public_key, heads, detail)
    values (${record.seq}, ${record.at}, ${record.reason}, ${record.text}, ${Buffer.from(record.signature)}, ${Buffer.from(record.publicKey)},
      ${JSON.stringify(record.heads)}::jsonb, ${record.detail ? JSON.stringify(record.detail) : null}::jsonb)`;
  if (moved.length === 0) return;
  await tx.$executeRaw`insert into checkpoint_heads (position, writer, seq, hash)
    select p, w::uuid, s::bigint, decode(h, 'hex') from unnest(${moved.map((one) => one.position)}::int[], ${moved.map((one) => one.head.writer)}::text[],
      ${moved.map((one) => one.head.seq)}::text[], ${moved.map((one) => one.head.hash)}::text[]) as q(p, w, s, h)
    on conflict (position) do update set seq = excluded.seq, hash = excluded.hash`;
}

/** In order, at most `limit` from `after` on. */
export async function checkpointsAfter(after: bigint, limit: number): Promise<CheckpointRecord[]> {
  const found = await pool().query<CheckpointRecord>(
    `select ${COLUMNS} from checkpoints where seq > $1 order by seq limit $2`,
    [after, limit],
  );
  return found.rows;
}

export async function checkpointBySeq(seq: string): Promise<CheckpointRecord | undefined> {
  const found = await pool().query<CheckpointRecord>(`select ${COLUMNS} from checkpoints where seq = $1`, [seq]);
  return found.rows[0];
}

/** Newest first. */
export async function checkpointPage(before: string | null, limit: number): Promise<CheckpointRecord[]> {
  const found = await pool().query<CheckpointRecord>(
    `select ${COLUMNS} from checkpoints where $1::bigint is null or seq < $1 order by seq desc limit $2`,
    [before, limit],
  );
  return found.rows;
}

/** Place of the newest; 0 where there is none. */
export const lastSeq = async (): Promise<bigint> =>
  (await pool().query<{ seq: bigint }>('select coalesce(max(seq), 0) as seq from checkpoints')).rows[0]!.seq;

/** Everything that retention ever dropped. */
export async function drops(): Promise<Dropped[]> {
  const found = await pool().query<{ detail: Dropped[] }>(
    'select detail from checkpoints where detail is not null order by seq',
  );
  return found.rows.flatMap((row) => row.detail);
}
