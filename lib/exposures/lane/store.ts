import pg from 'pg';
import { databaseUrl, pool } from '@/lib/db/client';
import { genesis } from '@/lib/decisions/seal';
import { type Known, nothingKnown } from '@/lib/exposures/known';
import { PackingClient } from '@/lib/exposures/lane/send';
import type { ExposureState } from '@/lib/exposures/model';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';

// The lane: this process's one serial stream of commits to the ledger and the decision log, on a connection of its own.

const CONNECT_MS = 1_000;
/** A transaction that takes longer is given up, so that an answer is never later than 2 s. */
export const BUDGET_MS = 1_500;
/** Heads a new writer links; checkpoints hold them all. */
const MAX_LINKS = 50;

export interface Lane {
  client: PackingClient;
  writer: string;
  /** Place and hash of the last record committed. */
  seq: bigint;
  hash: Buffer;
  /** Not to be used any more. */
  broken: boolean;
  /** Settles once it is known what became of the last commit that was sent, and this process's memory says so. */
  pending: Promise<void>;
  forUrl: string;
  /** Exposures as this connection last committed them, each trusted only when its version is the locked row's; gone with the connection. */
  copies: Map<string, ExposureState>;
  /** Those a batch is moving on: until it has been committed, only their versions can be told. */
  taken: Map<string, ExposureState>;
  /** Rows known to exist, so that they are not inserted again for every batch. */
  existing: Set<string>;
  /** Who asks from where, as last read; each part is believed only while its row is the one that was read. */
  known: Known;
}

let lane: Lane | undefined;
let tail: Promise<unknown> = Promise.resolve();
const running = new Set<Promise<unknown>>();

/**
 * Runs `work` after everything before it on this process's lane, within the budget. Once it calls `release`, because all it
 * has to say is on its way, the next may follow on the same connection: the server takes them one after the other.
 */
export function onLane<T>(work: (lane: Lane, release: () => void) => Promise<T>): Promise<T> {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const run = tail.then(() => guarded((open) => work(open, release)));
  const over = run.then(
    () => undefined,
    () => undefined,
  );
  tail = Promise.race([released, over]);
  running.add(over);
  void over.then(() => running.delete(over));
  return run;
}

async function guarded<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
  const deadline = clock.ms() + BUDGET_MS;
  const open = await connected();
  const timer = setTimeout(() => drop(open, 'too slow'), Math.max(1, deadline - clock.ms()));
  try {
    return await work(open);
  } finally {
    clearTimeout(timer);
    if (open.broken && lane === open) lane = undefined;
  }
}

/** Gives a connection up: whatever waits on it fails. */
export function drop(open: Lane, why: string): void {
  if (open.broken) return;
  log.warn({ why }, 'decision connection dropped');
  open.broken = true;
  if (lane === open) lane = undefined;
  (open.client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

async function connected(): Promise<Lane> {
  if (lane && !lane.broken && lane.forUrl === databaseUrl()) return lane;
  if (lane) void lane.client.end().catch(() => undefined);
  lane = undefined;
  const client = new PackingClient({
    connectionString: databaseUrl(),
    types: pool().options.types,
    connectionTimeoutMillis: CONNECT_MS,
    application_name: `braid ${process.env.BRAID_PROCESS ?? 'cli'} lane`,
    statement_timeout: BUDGET_MS,
    // What is prepared here finds its rows by index whatever it is asked: planning it again for each batch's arrays costs
    // as much as running it.
    options:
      '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off',
    pipeline: true,
  } as pg.ClientConfig);
  const opened: Lane = {
    client,
    writer: newId(),
    seq: 0n,
    hash: Buffer.alloc(32),
    broken: false,
    pending: Promise.resolve(),
    forUrl: databaseUrl(),
    copies: new Map(),
    taken: new Map(),
    existing: new Set(),
    known: nothingKnown(),
  };
  client.on('error', () => {
    opened.broken = true;
    if (lane === opened) lane = undefined;
  });
  await client.connect();
  await begin(opened);
  lane = opened;
  return opened;
}

/** A new writer links the heads of those it finds, so that cutting a whole stream away is seen too. */
async function begin(opened: Lane): Promise<void> {
  const found = await opened.client.query<{ id: string; seq: bigint; hash: Buffer }>(
    'select id, seq, hash from writers order by started_at desc, id desc limit $1',
    [MAX_LINKS],
  );
  const links = found.rows.map((row) => ({ id: row.id, seq: row.seq.toString(), hash: row.hash.toString('hex') }));
  opened.hash = genesis(opened.writer, links);
  await opened.client.query('insert into writers (id, seq, hash, links) values ($1, 0, $2, $3)', [
    opened.writer,
    opened.hash,
    JSON.stringify(links),
  ]);
}

/** Waits for all statements sent together and throws the first error, so that no rejection is left behind. */
export async function together<T extends readonly Promise<unknown>[]>(
  sent: [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(sent);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw (failed as PromiseRejectedResult).reason;
  return results.map((result) => (result as PromiseFulfilledResult<unknown>).value) as {
    [K in keyof T]: Awaited<T[K]>;
  };
}

const LOST_CODE =
  /^(ECONN|ETIMEDOUT|EPIPE|ENOENT|EHOSTUNREACH|ENETUNREACH|EAI_|ERR_STREAM_DESTROYED|ERR_SOCKET|08|57P0|53)/;
/** As node-postgres words it. */
const LOST_MESSAGE = /timeout|terminated|Connection|not queryable/i;

/** A connection that is gone or can't be had, or an error of the server that says it is going. Any other error is a mistake of ours. */
export const isLost = (error: unknown): boolean => {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (/^[0-9A-Z]{5}$/.test(code)) return LOST_CODE.test(code) || code === '57014';
  return LOST_CODE.test(code) || (error?.constructor === Error && LOST_MESSAGE.test(message));
};

/** Somebody else was faster; whoever tries again sees what they did. A key that two are answered under is one of it. */
export const isContention = (error: unknown): boolean => {
  const { code = '', constraint } = error as { code?: string; constraint?: string };
  return ['40P01', '40001'].includes(code) || (code === '23505' && constraint === 'idempotency_keys_pkey');
};

export async function rollback(open: Lane): Promise<void> {
  try {
    await open.client.query('rollback');
  } catch {
    open.broken = true;
  }
}

/**
 * After a connection was lost while committing: was it committed? Waits for the old backend to be gone, so the answer
 * can't change. null = could not be known in time.
 */
export async function wasCommitted(lost: Lane, decisionId: string): Promise<boolean | null> {
  const pid = (lost.client as unknown as { processID: number | null }).processID;
  const until = clock.ms() + 700;
  const client = new pg.Client({ connectionString: databaseUrl(), connectionTimeoutMillis: 300, query_timeout: 300 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    while (clock.ms() < until) {
      const alive = await client.query('select 1 from pg_stat_activity where pid = $1 and application_name like $2', [
        pid,
        'braid % lane',
      ]);
      const found = await client.query('select 1 from decisions where id = $1', [decisionId]);
      if (found.rowCount) return true;
      if (!alive.rowCount) return false;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return null;
  } catch {
    return null;
  } finally {
    void client.end().catch(() => undefined);
  }
}

/** Ends this process's lane; the next use opens another. */
export async function closeLane(): Promise<void> {
  await tail;
  await Promise.all(running);
  const open = lane;
  lane = undefined;
  await open?.client.end().catch(() => undefined);
}
