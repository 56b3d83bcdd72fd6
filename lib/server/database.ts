import { connectDatabase, disconnectDatabase } from '@/lib/db/client';
import { type Embedded, startEmbedded } from '@/lib/db/embedded';
import { loneClient } from '@/lib/db/lone-client';
import { migrate } from '@/lib/db/migrate';
import { whyNot } from '@/lib/db/why-not';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';

export interface OpenDatabase {
  url: string;
  embedded?: Embedded;
  /** Closes connections; stops the embedded server if this process started it and nobody else uses it. */
  close: () => Promise<void>;
}

const place = (url: string): string => {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}:${port || 5432}${pathname}`;
};

const ANSWER_MS = 10_000;

/** Reaches the database before anything else is started. Throws `start.database` with what to do; never shows a password. */
async function reach(url: string): Promise<void> {
  const client = loneClient({ connectionString: url, connectionTimeoutMillis: ANSWER_MS });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      `select current_setting('server_version_num')::int as version`,
    );
    if (rows[0]!.version < 150_000) throw new Error(`PostgreSQL 15 or newer is needed, this is ${rows[0]!.version}`);
  } catch (cause) {
    const why = whyNot(cause, ANSWER_MS);
    throw new BraidError('start.database', `The database at ${place(url)} (DATABASE_URL) can't be used: ${why}.`, {
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function othersConnected(url: string): Promise<boolean> {
  const client = loneClient({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
  );
  await client.end();
  return rows[0]!.n > 0;
}

/** Opens the database of this installation, starting the embedded server where DATABASE_URL is not set, and migrates it. */
export async function openDatabase(): Promise<OpenDatabase> {
  const { DATABASE_URL, BRAID_HOME } = env();
  if (DATABASE_URL) await reach(DATABASE_URL);
  const embedded = DATABASE_URL ? undefined : await startEmbedded(BRAID_HOME);
  const url = DATABASE_URL ?? embedded!.url;
  try {
    await migrate(url);
  } catch (error) {
    if (embedded && !embedded.adopted) await embedded.stop();
    throw error;
  }
  connectDatabase(url);
  return {
    url,
    embedded,
    close: async () => {
      await disconnectDatabase();
      if (embedded && !embedded.adopted && !(await othersConnected(url).catch(() => false))) await embedded.stop();
    },
  };
}
