import type { FoundIdentity, NativeSession } from '@/lib/connectors/model';

type Row = Record<string, string | null>;

/** A client of PgBouncer, as SHOW CLIENTS lists it. */
export interface PooledClient {
  user: string;
  database: string;
  addr: string;
  port: string;
  /** As PgBouncer writes it: `2026-11-22 16:00:00 UTC`. */
  connected: string;
  lastRequest: string;
  application: string;
  ptr: string;
  /** Its number, from PgBouncer 1.24 on. */
  id: string;
  state: string;
  /** Process id of the backend it holds at the moment; '' = none. */
  backend: string;
}

const text = (row: Row, name: string): string => row[name] ?? '';

/** Clients of the console itself are left out, as are rows without a user. */
export function readPooled(rows: Row[]): PooledClient[] {
  return rows.flatMap((row) => {
    const user = text(row, 'user');
    if (!user || text(row, 'database') === 'pgbouncer') return [];
    const backend = text(row, 'remote_pid');
    return [
      {
        user,
        database: text(row, 'database'),
        addr: text(row, 'addr'),
        port: text(row, 'port'),
        connected: text(row, 'connect_time'),
        lastRequest: text(row, 'request_time'),
        application: text(row, 'application_name'),
        ptr: text(row, 'ptr'),
        id: text(row, 'id'),
        state: text(row, 'state'),
        backend: text(row, 'link') && /^[1-9]\d*$/.test(backend) ? backend : '',
      },
    ];
  });
}

/** PgBouncer's own times are in its zone, written as a name: those but UTC can't be read for certain. null: unreadable. */
export function instantOf(written: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?: (UTC|GMT))?$/.exec(written.trim());
  const at = match ? Date.parse(`${match[1]}T${match[2]}Z`) : Number.NaN;
  return Number.isNaN(at) || !match?.[3] ? null : at;
}

export const pooledKey = (client: PooledClient): string =>
  `pgbouncer:${client.connected}:${client.addr}:${client.port}:${client.ptr}`;

/** Somebody PgBouncer lets in by its own user list, whom the server has no login role for. */
export const toPooledIdentity = (user: string): FoundIdentity => ({
  externalId: user,
  name: user,
  kind: 'service_account',
  protected: false,
  enabled: true,
  seenOnly: true,
  credentials: [{ externalId: `login:${user}`, kind: 'password' }],
  attributes: { onlyAtPooler: true },
});

/** `at`: when it was listed, milliseconds since the epoch; `first`: when Braid saw it first. */
export function toPooledSession(client: PooledClient, at: number, first: number): NativeSession {
  const startedAt = instantOf(client.connected) ?? first;
  const last = Math.max(startedAt, instantOf(client.lastRequest) ?? startedAt);
  const network = /^[0-9a-f.:]{3,45}$/i.test(client.addr) ? client.addr : undefined;
  return {
    key: pooledKey(client),
    externalIdentityId: client.user,
    kind: 'database',
    label: `${client.application || client.database} · ${network ?? 'local socket'} · through PgBouncer`.slice(0, 200),
    startedAt: new Date(startedAt).toISOString(),
    lastEventAt: new Date(client.backend ? Math.max(at, startedAt) : last).toISOString(),
    idle: client.backend === '',
    ...(network ? { network } : {}),
    ...(client.application ? { agent: client.application.slice(0, 200) } : {}),
    credential: `login:${client.user}`,
    native: {
      pooled: true,
      role: client.user,
      database: client.database,
      id: client.id,
      application: client.application,
    },
  };
}
