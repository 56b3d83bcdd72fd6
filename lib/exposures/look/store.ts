import pg from 'pg';
import { databaseUrl, pool } from '@/lib/db/client';
import { nothingKnown } from '@/lib/exposures/known';
import type { Lane } from '@/lib/exposures/lane/store';
import { BraidError } from '@/lib/platform/errors';

// Reading without deciding: a connection of its own, so that looking never waits for the lane and never holds it up.

const CONNECT_MS = 1_000;
const LOOK_MS = 1_500;
const LOST = /^(08|53|57|ECONN|EPIPE|ETIMEDOUT)/;

/** node-postgres can hold a process open or let it go; its types do not say so. */
type Client = pg.Client & { ref(): void; unref(): void };

let open: { client: Client; url: string } | undefined;
let tail: Promise<unknown> = Promise.resolve();

async function connected(): Promise<Client> {
  const url = databaseUrl();
  if (open?.url === url) return open.client;
  void open?.client.end().catch(() => undefined);
  const client = new pg.Client({
    connectionString: url,
    types: pool().options.types,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: LOOK_MS,
    application_name: `braid ${process.env.BRAID_PROCESS ?? 'cli'} looking`,
    pipeline: true,
  } as pg.ClientConfig) as Client;
  const forget = () => {
    if (open?.client === client) open = undefined;
  };
  client.on('error', forget).on('end', forget);
  await client.connect();
  open = { client, url };
  return client;
}

const unreachable = (cause: unknown) =>
  new BraidError('state_unavailable', 'Shared state could not be reached.', { cause });

/** Reads everything as of one instant, one reader after the other. Nothing is locked and nothing can be written. Throws `state_unavailable`. */
export function onSnapshot<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
  const run = tail.then(() => reading(work));
  tail = run.catch(() => undefined);
  return run;
}

async function reading<T>(work: (lane: Lane) => Promise<T>): Promise<T> {
  const client = await connected().catch((cause: unknown) => {
    throw unreachable(cause);
  });
  client.ref();
  try {
    await client.query('begin isolation level repeatable read read only');
    // What is known of anybody is read anew each time: nobody else may trust it, and it trusts nobody.
    const lane = { client, known: nothingKnown(), copies: new Map(), taken: new Map(), existing: new Set() };
    return await work(lane as unknown as Lane);
  } catch (cause) {
    if (!LOST.test(String((cause as { code?: string }).code ?? ''))) throw cause;
    if (open?.client === client) open = undefined;
    void client.end().catch(() => undefined);
    throw unreachable(cause);
  } finally {
    if (open?.client === client) await client.query('rollback').catch(() => undefined);
    client.unref();
  }
}
