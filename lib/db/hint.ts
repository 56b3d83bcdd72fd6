import type { PoolClient } from 'pg';
import type { Tx } from '@/lib/db/transaction';

/** Channel of every hint. A hint says only that something of a topic changed: readers fetch from the tables, and also on a timer. */
export const HINT_CHANNEL = 'braid_live';

export interface Hint {
  /** What changed: `identity`, `session`, `decision`, `exposure`, `finding`, `revocation`, `connector`, `import`, `coverage`, `audit`. */
  topic: string;
  /** Ids concerned, at most 50; empty = look again at all of that topic. */
  ids: string[];
}

/** Sends a hint when the transaction commits. Payloads stay far under PostgreSQL's 8 kB. */
export async function hint(tx: Tx, topic: string, ids: string[] = []): Promise<void> {
  await tx.$executeRaw`select pg_notify(${HINT_CHANNEL}, ${payload(topic, ids)})`;
}

/** `hint` in a transaction on a connection of its own. */
export async function notify(db: PoolClient, topic: string, ids: string[] = []): Promise<void> {
  await db.query('select pg_notify($1, $2)', [HINT_CHANNEL, payload(topic, ids)]);
}

const payload = (topic: string, ids: string[]): string =>
  JSON.stringify({ topic, ids: ids.length > 50 ? [] : ids } satisfies Hint);
