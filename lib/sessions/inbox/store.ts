import type { PoolClient } from 'pg';
import { pool } from '@/lib/db/client';
import { storable } from '@/lib/db/copy';
import type { Tx } from '@/lib/db/transaction';
import { openBytes, sealBytes } from '@/lib/platform/secrets';
import {
  type BatchResult,
  type BatchRow,
  type Inbox,
  WAITING_BATCHES,
  WAITING_BYTES,
} from '@/lib/sessions/inbox-model';

/** Appends a raw batch. false: the inbox is full. One statement and no transaction of its own: nothing else stands on this path. */
export async function appendBatch(batch: {
  id: string;
  tokenId: string | null;
  actorName: string;
  format: string;
  /** name@version */
  mapping: string | null;
  body: Buffer;
}): Promise<boolean> {
  const { rowCount } = await pool().query(
    `insert into event_batches (id, token_id, actor_name, format, bytes, body, mapping, sealed)
     select $1, $2, $3, $4, $5::int, $6, $7, true
     where (select count(*) < ${WAITING_BATCHES} and coalesce(sum(bytes), 0) + $5::int <= ${WAITING_BYTES} from event_batches where state = 'received')`,
    [batch.id, batch.tokenId, batch.actorName, batch.format, batch.body.length, sealBody(batch), batch.mapping],
  );
  return rowCount === 1;
}

/** The same for what was pulled, in the caller's transaction: all of it or, where the inbox is full, nothing. */
export async function appendPulled(
  tx: Tx,
  pulled: { connectorId: string; actorName: string; format: string; batches: { id: string; body: Buffer }[] },
): Promise<boolean> {
  const rows = await tx.$queryRaw<{ room: boolean }[]>`
    select count(*) < ${WAITING_BATCHES} and coalesce(sum(bytes), 0) < ${WAITING_BYTES} as room from event_batches where state = 'received'`;
  if (!rows[0]!.room) return false;
  const { connectorId, actorName, format } = pulled;
  await tx.eventBatch.createMany({
    data: pulled.batches.map(({ id, body }) => ({
      id,
      connectorId,
      actorName,
      format,
      bytes: body.length,
      body: new Uint8Array(sealBody({ id, body })),
      sealed: true,
    })),
  });
  return true;
}

/** Raw lines may hold secrets: until they are read they lie sealed, each batch for itself. */
const purposeOf = (id: string): string => `event-batch:${id}`;
const sealBody = ({ id, body }: { id: string; body: Buffer }): Buffer => sealBytes(body, purposeOf(id));

/** A batch's body as it was sent. Throws `internal` where it was sealed by a process with another BRAID_SECRET_KEY. */
export const bodyOf = ({ id, body, sealed }: Pick<Waiting, 'id' | 'body' | 'sealed'>): Buffer =>
  sealed ? openBytes(body, purposeOf(id)) : body;

export interface Waiting {
  id: string;
  connectorId: string | null;
  mapping: string | null;
  format: string;
  attempts: number;
  /** As it is stored; `bodyOf` opens it. */
  body: Buffer;
  /** false: taken in before bodies were sealed. */
  sealed: boolean;
}

/** Only one process empties the inbox at a time, in the order in which batches came. null: another one does. */
export async function holdInbox<T>(work: () => Promise<T>): Promise<T | null> {
  const client: PoolClient = await pool().connect();
  try {
    const { rows } = await client.query<{ held: boolean }>(
      `select pg_try_advisory_lock(hashtextextended('braid.inbox', 0)) as held`,
    );
    if (!rows[0]!.held) return null;
    try {
      return await work();
    } finally {
      await client.query(`select pg_advisory_unlock(hashtextextended('braid.inbox', 0))`);
    }
  } finally {
    client.release();
  }
}

/**
 * The batches that wait longest, up to `bytes` (at least one), each counted as tried before it is: one that brings its process
 * down is given up in the end. One that failed before comes alone.
 */
export async function takeWaiting(bytes: number, most: number): Promise<Waiting[]> {
  const { rows } = await pool().query<Waiting>(
    `with w as (
       select id, attempts, bytes, sum(bytes) over (order by id) as upto, row_number() over (order by id) as n,
         bool_or(attempts > 0) over (order by id) as tried from event_batches where state = 'received' order by id limit $2
     )
     update event_batches b set attempts = b.attempts + 1 from w
     where b.id = w.id and (w.n = 1 or (w.upto <= $1 and not w.tried))
     returning b.id::text, b.connector_id::text as "connectorId", b.mapping, b.format, b.attempts, b.body, b.sealed`,
    [bytes, most],
  );
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** These did not fail by themselves: the attempt does not count. */
export async function returnAttempts(ids: string[]): Promise<void> {
  await pool().query(
    `update event_batches set attempts = greatest(attempts - 1, 0) where id = any($1::uuid[]) and state = 'received'`,
    [ids],
  );
}

/** What has failed keeps what was sent, so that it can be had again. */
export async function finishBatches(
  done: { id: string; result: BatchResult | null; error: string | null }[],
  at: Date,
): Promise<void> {
  if (done.length === 0) return;
  await pool().query(
    `update event_batches b set state = case when d.error is null then 'done' else 'failed' end, result = d.result, error = d.error,
       done_at = $2, body = case when d.error is null then null else b.body end
     from jsonb_to_recordset($1::jsonb) d(id uuid, result jsonb, error text) where b.id = d.id and b.state = 'received'`,
    [storable(done), at],
  );
}

interface BatchRead {
  id: string;
  format: string;
  mapping: string | null;
  connector_id: string | null;
  bytes: number;
  state: BatchRow['state'];
  actor_name: string;
  token_id: string | null;
  received_at: Date;
  done_at: Date | null;
  result: BatchResult | null;
  error: string | null;
}

const COLUMNS =
  'id::text, format, mapping, connector_id::text, bytes, state, actor_name, token_id::text, received_at, done_at, result, error';

const rowOf = (read: BatchRead): BatchRow & { tokenId: string | null } => ({
  id: read.id,
  format: read.format,
  mapping: read.mapping,
  connectorId: read.connector_id,
  bytes: read.bytes,
  state: read.state,
  actorName: read.actor_name,
  receivedAt: read.received_at.toISOString(),
  doneAt: read.done_at?.toISOString() ?? null,
  result: read.result,
  error: read.error,
  tokenId: read.token_id,
});

export async function findBatch(id: string): Promise<(BatchRow & { tokenId: string | null }) | null> {
  const { rows } = await pool().query<BatchRead>(`select ${COLUMNS} from event_batches where id = $1`, [id]);
  return rows[0] ? rowOf(rows[0]) : null;
}

/** What waits, and what was done with in the last 24 hours. */
export async function readInbox(): Promise<Omit<Inbox, 'filled'>> {
  const [waits, day] = await Promise.all([
    pool().query<{ n: number; bytes: number; oldest: Date | null }>(
      `select count(*)::int as n, coalesce(sum(bytes), 0)::float8 as bytes, min(received_at) as oldest from event_batches where state = 'received'`,
    ),
    pool().query<
      Record<'batches' | 'lines' | 'events' | 'duplicates' | 'rejected' | 'failed', number> & { last: Date | null }
    >(
      `select count(*)::int as batches, coalesce(sum((result->>'lines')::bigint), 0)::float8 as lines,
         coalesce(sum((result->>'events')::bigint), 0)::float8 as events, coalesce(sum((result->>'duplicates')::bigint), 0)::float8 as duplicates,
         coalesce(sum((result->>'rejectedTotal')::bigint), 0)::float8 as rejected, count(*) filter (where state = 'failed')::int as failed,
         max(received_at) as last
       from event_batches where received_at > now() - interval '24 hours'`,
    ),
  ]);
  const [waiting, { last, ...counts }] = [waits.rows[0]!, day.rows[0]!];
  return {
    waiting: waiting.n,
    waitingBytes: waiting.bytes,
    oldestAt: waiting.oldest?.toISOString() ?? null,
    day: { ...counts, lastAt: last?.toISOString() ?? null },
  };
}

/** Newest first; one more than asked for, when there is more. */
export async function readBatches(of: {
  cursor?: string;
  limit: number;
  state?: string;
  connectorId?: string;
  refused?: boolean;
}): Promise<BatchRow[]> {
  const { rows } = await pool().query<BatchRead>(
    `select ${COLUMNS} from event_batches where ($1::uuid is null or id < $1) and ($2::text is null or state = $2)
       and ($4::uuid is null or connector_id = $4) and ($5::boolean is null or (coalesce((result->>'rejectedTotal')::bigint, 0) > 0) = $5)
     order by id desc limit $3`,
    [of.cursor ?? null, of.state ?? null, of.limit + 1, of.connectorId ?? null, of.refused ?? null],
  );
  return rows.map((read) => {
    const { tokenId: _, ...row } = rowOf(read);
    return row;
  });
}

/** Batches that were done with before; a result can be read until then. What failed keeps its body as long, the newest `WAITING_BYTES` of it. */
export async function forgetBatches(before: Date, most: number): Promise<number> {
  await pool().query(
    `update event_batches b set body = null
     from (select id, sum(bytes) over (order by id desc) as upto from event_batches where state = 'failed' and body is not null) f
     where b.id = f.id and f.upto > ${WAITING_BYTES}`,
  );
  const { rowCount } = await pool().query(
    `delete from event_batches where id in (select id from event_batches where state <> 'received' and received_at < $1 limit $2)`,
    [before, most],
  );
  return rowCount ?? 0;
}
