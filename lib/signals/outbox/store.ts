import { pool, prisma } from '@/lib/db/client';
import type { SignalOut, SignalReceiver, SignalStream } from '@/lib/db/generated/client';

/** What says that a stream is paused goes out of a paused one. */
const MAY_GO = `(s.status = 'enabled' or o.control) and s.method = 'push' and r.state = 'enabled'`;
/** Of one subject in order: an older one that waits goes first. */
const FIRST = `not exists (select 1 from signals_out p where p.stream_id = o.stream_id and p.subject_key = o.subject_key
  and p.state = 'waiting' and p.id < o.id and (s.status = 'enabled' or p.control))`;
const FROM = `signals_out o join signal_streams s on s.id = o.stream_id join signal_receivers r on r.id = s.receiver_id`;

export interface Claimed {
  set: SignalOut;
  stream: SignalStream;
  receiver: SignalReceiver;
}

/** Takes the oldest token of a push stream that is due, and keeps others from taking it for `leaseMs`. */
export async function claim(streamId: string, nowMs: number, leaseMs: number): Promise<Claimed | null> {
  const now = new Date(nowMs);
  const { rows } = await pool().query<{ id: string }>(
    `update signals_out set attempts = attempts + 1, last_tried_at = $2, due_at = $3
      where id = (select o.id from ${FROM}
        where o.stream_id = $1 and o.state = 'waiting' and o.due_at <= $2 and ${MAY_GO}
          and (s.held_until is null or s.held_until <= $2) and ${FIRST}
        order by o.id limit 1 for update of o skip locked)
      returning id::text`,
    [streamId, now, new Date(nowMs + leaseMs)],
  );
  if (!rows[0]) return null;
  const found = await prisma().signalOut.findUnique({
    where: { id: rows[0].id },
    include: { stream: { include: { receiver: true } } },
  });
  if (!found) return null;
  const { stream, ...set } = found;
  const { receiver, ...plain } = stream;
  return { set, stream: plain, receiver };
}

/** When a stream has something to push next, ms; null: nothing waits. */
export async function nextDue(streamId: string): Promise<number | null> {
  const { rows } = await pool().query<{ at: Date | null }>(
    `select greatest(min(o.due_at), max(s.held_until)) as at from ${FROM}
      where o.stream_id = $1 and o.state = 'waiting' and ${MAY_GO} and ${FIRST}`,
    [streamId],
  );
  return rows[0]?.at?.getTime() ?? null;
}

/** Streams that have something to push now. */
export async function dueStreams(now: Date): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `select distinct o.stream_id::text as id from ${FROM}
      where o.state = 'waiting' and o.due_at <= $1 and ${MAY_GO} and (s.held_until is null or s.held_until <= $1) and ${FIRST}`,
    [now],
  );
  return rows.map(({ id }) => id);
}

/** Lets go of what was delivered or given up long ago. */
export const letGo = async (before: Date): Promise<number> =>
  (await prisma().signalOut.deleteMany({ where: { state: { not: 'waiting' }, createdAt: { lt: before } } })).count;

export async function countsOf(): Promise<
  Map<string, { waiting: number; refused: number; dead: number; delivered: number }>
> {
  const { rows } = await pool().query<{
    id: string;
    waiting: number;
    refused: number;
    dead: number;
    delivered: number;
  }>(
    `select stream_id::text as id, count(*) filter (where state = 'waiting')::int as waiting,
            count(*) filter (where state = 'refused')::int as refused, count(*) filter (where state = 'dead')::int as dead,
            count(*) filter (where state = 'delivered')::int as delivered
       from signals_out group by 1`,
  );
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

export const pageOf = (
  filter: { streamId?: string; state?: string; txn?: string },
  before: string | null,
  take: number,
) =>
  prisma().signalOut.findMany({
    where: { ...filter, ...(before ? { id: { lt: before } } : {}) },
    include: { stream: { select: { receiver: { select: { name: true } }, method: true } } },
    orderBy: { id: 'desc' },
    take,
  });
