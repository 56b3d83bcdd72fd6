import net from 'node:net';
import type { ConnectionOptions } from 'mysql2/promise';
import type { Config } from '@/lib/connectors/mysql/manifest';
import { certificateTrouble } from '@/lib/platform/certificate';
import { BraidError } from '@/lib/platform/errors';
import { addressesOf } from '@/lib/platform/outbound';

const CONNECT_MS = 5_000;
const ANSWER_MS = 5_000;
/** Shown by performance_schema, where it is on. */
const PROGRAM = 'braid connector';

export type Value = string | number | null;
export type Row = Record<string, Value>;

export interface Login {
  user: string;
  password: string;
}

export interface Client {
  /** Values are quoted into `?`, with backslash escapes on. Throws `connector.unreachable`, `connector.refused` (`detail.errno`). */
  query<R extends object = Row>(sql: string, values?: Value[]): Promise<R[]>;
  close(): Promise<void>;
}

/** Not refused for good: too many connections, shutting down, read-only while failing over, locks that were waited for. */
const NOT_NOW = new Set([1040, 1053, 1077, 1080, 1158, 1159, 1160, 1161, 1203, 1205, 1213, 1927, 3032]);
export const errnoOf = (error: unknown): number | undefined =>
  error instanceof BraidError ? (error.detail as { errno?: number } | undefined)?.errno : undefined;

export function explain(error: unknown, where: string): BraidError {
  if (error instanceof BraidError) return error;
  const { errno, sqlState, message = '', code = '' } = error as Record<string, string> & { errno?: number };
  const why = certificateTrouble(error) ?? (message || code || 'no answer');
  const refused = sqlState !== undefined && errno !== undefined && !NOT_NOW.has(errno);
  return refused
    ? new BraidError('connector.refused', `${where}: ${why}.`.slice(0, 500), { cause: error, detail: { errno } })
    : new BraidError('connector.unreachable', `${where} can't be reached: ${why}.`.slice(0, 500), { cause: error });
}

/** The driver gives TLS no name where the host is an address, and the certificate would be checked for “localhost”: TLS asks the socket then. */
const named = (socket: net.Socket, host: string): net.Socket => Object.assign(socket, { _host: host });

/** Databases stand in networks of one's own; metadata services are refused all the same. */
export async function optionsFor(config: Config, login: Login): Promise<ConnectionOptions> {
  const [at] = await addressesOf(config.host, true);
  const host = config.host.replace(/^\[|\]$/g, '');
  return {
    host,
    port: config.port,
    user: login.user,
    password: login.password,
    stream: () => named(net.connect({ host: at!.address, port: config.port }).setNoDelay(true), host),
    connectTimeout: CONNECT_MS,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    connectAttributes: { program_name: PROGRAM },
    ...(config.tls === 'disable'
      ? {}
      : {
          ssl: {
            rejectUnauthorized: config.tls === 'verify-full',
            verifyIdentity: config.tls === 'verify-full',
            ...(config.ca ? { ca: config.ca } : {}),
          },
        }),
  };
}

/** One connection, opened when first asked and again after a loss. */
export async function openClient(config: Config, login: Login): Promise<Client> {
  const { createConnection } = await import('mysql2/promise');
  const where = `MySQL at ${config.host}:${config.port}`;
  type Raw = Awaited<ReturnType<typeof createConnection>>;
  let opening: Promise<Raw> | undefined;
  const open = async (): Promise<Raw> => {
    const raw = await createConnection(await optionsFor(config, login));
    const lost = () => {
      opening = undefined;
    };
    raw.on('error', lost);
    raw.on('end', lost);
    // What is quoted here is quoted with backslashes, whatever the server's default says.
    await raw.query({ sql: `set session sql_mode = '', session lock_wait_timeout = 3`, timeout: ANSWER_MS });
    return raw;
  };
  const query = async <R extends object>(sql: string, values: Value[] = []): Promise<R[]> => {
    opening ??= open();
    const mine = opening;
    try {
      const [rows] = await (await mine).query({ sql, timeout: ANSWER_MS }, values);
      return (Array.isArray(rows) ? rows : []) as R[];
    } catch (error) {
      const known = explain(error, where);
      if (known.code === 'connector.unreachable' || !(await mine.catch(() => null))) {
        if (opening === mine) opening = undefined;
        mine.then((raw) => raw.destroy()).catch(() => undefined);
      }
      throw known;
    }
  };
  await query('select 1');
  return {
    query,
    close: async () => {
      const raw = await opening?.catch(() => undefined);
      opening = undefined;
      await raw?.end().catch(() => undefined);
    },
  };
}
