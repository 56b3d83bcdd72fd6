import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Acted, NativeSession } from '@/lib/connectors/contract';
import { APPLICATION_NAME, explain } from '@/lib/connectors/postgres/client';
import type { Config, Secrets } from '@/lib/connectors/postgres/manifest';
import { type PooledClient, pooledKey, readPooled } from '@/lib/connectors/postgres/pooler-normalise';

type Row = Record<string, string | null>;

export interface Pooler {
  /** host:port */
  name: string;
  clients(): Promise<PooledClient[]>;
  /** Addresses its connections to the server come from, as `address:port`. */
  servers(): Promise<Set<string>>;
  /** Databases that log in as one role for everybody: database → role. */
  forced(): Promise<Map<string, string>>;
  /** What could be ended of these clients; the others stay, and why. */
  end(meant: PooledClient[]): Promise<{ ended: number; why: string | null }>;
  close(): Promise<void>;
}

const WHOLE = /^[A-Za-z0-9_$.-]{1,63}$/;

/** PgBouncer's admin console: simple queries only, one connection that is opened anew after a loss. */
export function poolerOf(config: Config, secrets: Secrets): Pooler | null {
  if (!config.pooler) return null;
  const at = config.pooler.lastIndexOf(':');
  const [host, port] = [config.pooler.slice(0, at), Number(config.pooler.slice(at + 1))];
  let opening: Promise<pg.Client> | undefined;
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      host,
      port,
      database: 'pgbouncer',
      user: secrets.poolerUser,
      password: secrets.poolerPassword,
      application_name: APPLICATION_NAME,
      connectionTimeoutMillis: 5_000,
      query_timeout: 6_000,
    });
    const lost = () => {
      opening = undefined;
    };
    client.on('error', lost).on('end', lost);
    await client.connect();
    return client;
  };
  const ask = async (sql: string): Promise<Row[]> => {
    opening ??= open();
    try {
      return (await (await opening).query<Row>(sql)).rows ?? [];
    } catch (error) {
      const broken = opening;
      if (!(error as { code?: string }).code?.match(/^[0-9A-Z]{5}$/)) {
        opening = undefined;
        broken?.then((client) => client.end()).catch(() => undefined);
      }
      throw explain(error, `PgBouncer at ${config.pooler}`);
    }
  };
  const clients = async () => readPooled(await ask('SHOW CLIENTS'));
  return {
    name: config.pooler,
    clients,
    servers: async () => new Set((await ask('SHOW SERVERS')).map((row) => `${row.local_addr}:${row.local_port}`)),
    forced: async () =>
      new Map(
        (await ask('SHOW DATABASES')).flatMap((row): [string, string][] =>
          row.name && row.force_user && row.name !== 'pgbouncer' ? [[row.name, row.force_user]] : [],
        ),
      ),
    end: (meant) => endPooled(ask, clients, meant),
    close: async () => {
      const client = await opening?.catch(() => undefined);
      opening = undefined;
      await client?.end().catch(() => undefined);
    },
  };
}

/** KILL_CLIENT where there is one (1.24); else KILL of a database, only where everybody in it is meant, and RESUME after it. */
async function endPooled(
  ask: (sql: string) => Promise<Row[]>,
  list: () => Promise<PooledClient[]>,
  meant: PooledClient[],
): Promise<{ ended: number; why: string | null }> {
  const keys = new Set(meant.map(pooledKey));
  let why: string | null = null;
  for (const client of meant.filter((one) => /^\d{1,20}$/.test(one.id))) await ask(`KILL_CLIENT ${client.id}`);
  const all = await list();
  const databases = new Set(all.filter((one) => keys.has(pooledKey(one))).map((one) => one.database));
  for (const database of databases) {
    const others = all.filter((one) => one.database === database && !keys.has(pooledKey(one))).length;
    if (others) {
      why = `${others} other clients of ${database} would end with them: PgBouncer before 1.24 can’t end one client`;
      continue;
    }
    if (!WHOLE.test(database)) continue;
    await ask(`KILL "${database}"`);
    await ask(`RESUME "${database}"`);
  }
  let left = all;
  for (let waited = 0; waited <= 500; waited += 50) {
    left = (await list()).filter((one) => keys.has(pooledKey(one)));
    if (!left.length || why) break;
    await sleep(50);
  }
  return { ended: keys.size - left.length, why: left.length ? (why ?? `${left.length} are still there`) : null };
}

/** Ends one client of the pooler, as far as this PgBouncer can. */
export async function endPooledOne(pooler: Pooler, session: NativeSession): Promise<Acted> {
  const meant = (await pooler.clients()).filter((one) => pooledKey(one) === session.key);
  if (!meant.length) return { state: 'effective', detail: 'the client had already left PgBouncer', affected: 0 };
  const { ended, why } = await pooler.end(meant);
  return ended
    ? { state: 'effective', detail: 'client ended at PgBouncer', affected: 1 }
    : { state: 'failed', detail: why ?? 'the client is still there', affected: 0 };
}

/** Ends the clients a role has at the pooler, and says of those it can't end why. */
export async function endPooledAll(pooler: Pooler, role: string, done: Acted): Promise<Acted> {
  const meant = (await pooler.clients()).filter((one) => one.user === role);
  if (!meant.length) return done;
  const { ended, why } = await pooler.end(meant);
  const detail = `${done.detail}; ${ended} of ${meant.length} clients ended at PgBouncer${why ? ` (${why})` : ''}`;
  const state = why && done.state === 'effective' ? 'accepted' : done.state;
  return { state, detail: detail.slice(0, 500), affected: done.affected + ended };
}
