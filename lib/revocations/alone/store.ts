import pg from 'pg';
import { databaseUrl } from '@/lib/db/client';
import { log } from '@/lib/platform/log';

// The locks of a process live on one connection that nothing else uses: who holds one never waits for the pool its work needs.

interface Locks {
  url: string;
  client: Promise<pg.Client>;
}

let locks: Locks | undefined;
/** Identities this process works on: a session's lock does not keep the session itself out. */
const mine = new Set<string>();

async function connect(url: string, lost: () => void): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    application_name: `braid ${process.env.BRAID_PROCESS ?? 'cli'} locks`,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
    keepAlive: true,
  });
  client.on('error', (error) => {
    log.warn({ error: error.message }, 'the connection that holds the locks was lost');
    lost();
  });
  client.on('end', lost);
  await client.connect();
  (client as pg.Client & { unref(): void }).unref(); // an open lock connection keeps no process alive
  return client;
}

function lockClient(): Promise<pg.Client> {
  const url = databaseUrl();
  if (locks?.url === url) return locks.client;
  const old = locks;
  const forget = () => {
    if (locks === opened) locks = undefined;
  };
  const opened: Locks = { url, client: connect(url, forget) };
  locks = opened;
  opened.client.catch(forget);
  old?.client.then((client) => client.end()).catch(() => undefined);
  return opened.client;
}

let last: Promise<unknown> = Promise.resolve();

/** One query after the other, as the connection is one. */
function inTurn<T>(query: () => Promise<T>): Promise<T> {
  const next = last.then(query, query);
  last = next.catch(() => undefined);
  return next;
}

const KEY = `hashtextextended('braid.revocation:' || $1, 0)`;

/**
 * Runs `work` while this process alone works on the identity's revocations. The lock ends with the process, whatever ends
 * it. Returns false when somebody else holds it.
 */
export async function aloneOn(identityId: string, work: () => Promise<void>): Promise<boolean> {
  if (mine.has(identityId)) return false;
  mine.add(identityId);
  try {
    const client = await lockClient();
    const { rows } = await inTurn(() =>
      client.query<{ got: boolean }>(`select pg_try_advisory_lock(${KEY}) as got`, [identityId]),
    );
    if (!rows[0]!.got) return false;
    try {
      await work();
    } finally {
      // Not unlocked: the connection must go, or the lock would stay as long as it.
      await inTurn(() => client.query(`select pg_advisory_unlock(${KEY})`, [identityId])).catch(() => client.end());
    }
    return true;
  } finally {
    mine.delete(identityId);
  }
}

/** Closes the connection of the locks, if there is one. */
export async function closeLocks(): Promise<void> {
  const open = locks;
  locks = undefined;
  await open?.client.then((client) => client.end()).catch(() => undefined);
}
