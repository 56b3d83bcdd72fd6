import pg from 'pg';
import type { Config, Secrets } from '@/lib/connectors/postgres/manifest';
import { certificateTrouble } from '@/lib/platform/certificate';
import { BraidError } from '@/lib/platform/errors';

export const APPLICATION_NAME = 'braid connector';

export interface Client {
  /** Every value comes back as PostgreSQL's text, booleans and int4 excepted. Errors are `connector.unreachable` or `connector.refused`. */
  query<Row extends pg.QueryResultRow>(sql: string, params?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
  /** How it is connected: as the server, and what was set, let it be. */
  wire: 'plain' | 'unchecked' | 'checked';
}

const REFUSED: Record<string, string> = {
  '28P01': 'it refused the password of this role',
  '28000': 'it does not let this role in',
  '3D000': 'it has no such database',
  '42501': 'this role may not do that',
  '53300': 'it has no connection left',
};

/** A driver error as something a person can act on. SQLSTATE classes 08, 57 and 53 and socket errors mean "not reachable now". */
export function explain(error: unknown, where: string): BraidError {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (error instanceof BraidError) return error;
  const known = REFUSED[code];
  if (/^[0-9A-Z]{5}$/.test(code) && !/^(08|57|53)/.test(code)) {
    return new BraidError('connector.refused', `${where}: ${known ?? 'it refused'} (${message}).`, { cause: error });
  }
  const why = known ?? certificateTrouble(error) ?? (message || code || 'no answer');
  return new BraidError('connector.unreachable', `${where} can't be reached: ${why}.`, { cause: error });
}

const checks = ({ sslMode }: Config): boolean => sslMode === 'verify-full';

const tlsOf = (config: Config): Exclude<pg.ClientConfig['ssl'], boolean | undefined> => ({
  rejectUnauthorized: checks(config),
  ...(config.ca ? { ca: config.ca } : {}),
});

/** One connection as another role, with what the connector connects by; `watch` sees it before it is opened. The caller ends it. */
export async function openAs(
  config: Config,
  login: { user: string; password: string | (() => string) },
  watch?: (client: pg.Client) => void,
): Promise<pg.Client> {
  const attempt = async (ssl: pg.ClientConfig['ssl']): Promise<pg.Client> => {
    const { host, port, database } = config;
    const client = new pg.Client({
      host,
      port,
      database,
      ...login,
      ssl,
      connectionTimeoutMillis: 5_000,
      query_timeout: 5_000,
      application_name: 'braid canary',
    });
    client.on('error', () => undefined);
    watch?.(client);
    await client.connect();
    return client;
  };
  const tls = tlsOf(config);
  if (config.sslMode === 'disable') return attempt(false);
  return attempt(tls).catch((error: Error) => {
    if (config.sslMode === 'prefer' && /does not support SSL/i.test(error.message)) return attempt(false);
    throw error;
  });
}

function poolOf(config: Config, secrets: Secrets, ssl: pg.PoolConfig['ssl']): pg.Pool {
  const pool = new pg.Pool({
    host: config.host,
    port: config.port,
    database: config.database,
    user: secrets.user,
    password: secrets.password,
    ssl,
    max: 3,
    application_name: APPLICATION_NAME,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 5_000,
    query_timeout: 6_000,
    idleTimeoutMillis: 30_000,
    allowExitOnIdle: true,
  });
  pool.on('error', () => undefined); // an idle connection was lost: the next query opens another, or says why not
  return pool;
}

/** Opens a small pool to one server and proves it with a first query. */
export async function openClient(config: Config, secrets: Secrets): Promise<Client> {
  const where = `PostgreSQL at ${config.host}:${config.port}/${config.database}`;
  let encrypted = config.sslMode !== 'disable';
  let pool = poolOf(config, secrets, encrypted ? tlsOf(config) : false);
  const query = async <Row extends pg.QueryResultRow>(sql: string, params: unknown[] = []): Promise<Row[]> => {
    try {
      return (await pool.query<Row>(sql, params)).rows;
    } catch (error) {
      throw explain(error, where);
    }
  };
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    const noTls = /does not support SSL/i.test((error as Error).message);
    if (config.sslMode !== 'prefer' || !noTls) throw explain(error, where);
    encrypted = false;
    pool = poolOf(config, secrets, false);
    await query('select 1').catch(async (failed) => {
      await pool.end();
      throw failed;
    });
  }
  const wire = !encrypted ? 'plain' : checks(config) ? 'checked' : 'unchecked';
  return { query, close: () => pool.end(), wire };
}
