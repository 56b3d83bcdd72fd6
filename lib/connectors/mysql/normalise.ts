import type { FoundIdentity, NativeSession } from '@/lib/connectors/model';

export type Kind = 'mariadb' | 'mysql';

export interface AccountRow {
  user: string;
  host: string;
  locked: boolean;
  role: boolean;
  plugin: string;
  superuser: boolean;
  maxConnections: number;
}

export interface ProcessRow {
  id: string;
  user: string;
  /** `address:port`, a name the server resolved, or `localhost` for a socket. */
  host: string;
  db: string | null;
  command: string;
  /** Seconds in its present state. */
  time: number;
  state: string | null;
}

/** `svc` for 'svc'@'%', so that the same name elsewhere means the same; `svc@10.0.%` for any other host. */
export const accountId = ({ user, host }: { user: string; host: string }): string =>
  host === '%' && user !== '' && !user.includes('@') ? user : `${user}@${host}`;

export function readAccountId(id: string): { user: string; host: string } {
  const at = id.lastIndexOf('@');
  return at < 0 ? { user: id, host: '%' } : { user: id.slice(0, at), host: id.slice(at + 1) };
}

/** Accounts the server and its packages live by. */
const SYSTEM = /^(?:root|mysql|mariadb\.sys|mysql\.(?:sys|session|infoschema)|debian-sys-maint|)$/;

export const isSystem = (user: string): boolean => SYSTEM.test(user);

/** Work of the server itself, a login half-way, or a replica that reads the log. */
export const HALFWAY = 'unauthenticated user';
export const isDump = (row: ProcessRow): boolean => /^Binlog Dump/i.test(row.command);
export const isServer = (row: ProcessRow): boolean =>
  row.user === 'system user' || row.user === 'event_scheduler' || /^(?:Daemon|Slave_|Replica_)/i.test(row.command);

/** An address without its port; a name, or `localhost` of a socket, as it stands. */
const hostOf = (text: string): string => text.replace(/:\d{1,5}$/, '');

const isAddress = (text: string): boolean => /^\d{1,3}(?:\.\d{1,3}){3}$|:/.test(text);

const number = (address: string): number | null => {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return null;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
};

/** LIKE as the server compares hosts: `%` and `_`, no case, no regular expression that could run long. */
function like(text: string, pattern: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    if (from < pattern.length && pattern[from] === '%') [star, mark, from] = [from, at, from + 1];
    else if (from < pattern.length && (pattern[from] === '_' || pattern[from] === text[at]))
      [at, from] = [at + 1, from + 1];
    else if (star >= 0) [from, mark, at] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  return /^%*$/.test(pattern.slice(from));
}

export function hostMatches(pattern: string, host: string): boolean {
  const [wanted, shown] = [pattern.toLowerCase(), host.toLowerCase()];
  const mask = /^([\d.]+)\/([\d.]+)$/.exec(wanted);
  if (mask) {
    const [net, bits, address] = [number(mask[1]!), maskOf(mask[2]!), number(shown)];
    if (net === null || bits === null || address === null) return false;
    return Math.floor(net / 2 ** (32 - bits)) === Math.floor(address / 2 ** (32 - bits));
  }
  return like(shown, wanted) || (shown === 'localhost' && (wanted === '127.0.0.1' || wanted === '::1'));
}

function maskOf(text: string): number | null {
  if (/^\d{1,2}$/.test(text)) return Number(text) <= 32 ? Number(text) : null;
  const value = number(text);
  return value === null ? null : value.toString(2).replace(/0+$/, '').length;
}

/** How exactly a host is named: a literal before a mask before a pattern, and the longer its fixed beginning the sooner. */
const exactness = (host: string): number => {
  const wild = host.search(/[%_]/);
  return wild < 0 ? (host.includes('/') ? 1_000 : 2_000) : wild;
};

/**
 * The account a connection came in by. The server does not tell; it takes the most exact host that matches, and so does
 * this. `others`: accounts of the same name that can't be told apart from it, because the server shows a name it resolved and
 * the account may be for its address.
 */
export function accountOf(row: Pick<ProcessRow, 'user' | 'host'>, accounts: AccountRow[]) {
  const host = hostOf(row.host);
  const named = accounts.filter((one) => one.user === row.user && !one.role);
  const sorted = [...named].sort((a, b) => exactness(b.host) - exactness(a.host));
  const match = sorted.find((one) => hostMatches(one.host, host));
  const hidden = isAddress(host)
    ? []
    : sorted.filter(
        (one) => one !== match && /^[\d.:%_/]+$/.test(one.host) && one.host !== '%' && !hostMatches(one.host, host),
      );
  const account = match ?? hidden[0] ?? { user: row.user, host: '%' };
  return { id: accountId(account), others: hidden.filter((one) => one !== account).map(accountId) };
}

export function toIdentity(row: AccountRow, isProtected: boolean): FoundIdentity {
  const id = accountId(row);
  return {
    externalId: id,
    name: id,
    kind: 'service_account',
    protected: isProtected,
    enabled: !row.locked,
    ...(row.maxConnections > 0 ? { connectionLimit: row.maxConnections } : {}),
    credentials: [
      {
        externalId: `login:${id}`,
        kind: /pam|ldap|kerberos|gssapi|socket/i.test(row.plugin) ? 'external' : 'password',
      },
    ],
    attributes: { user: row.user, host: row.host, plugin: row.plugin, superuser: row.superuser, locked: row.locked },
  };
}

export interface Seen {
  /** When the server started, seconds since the epoch: ids count up from there. */
  run: string;
  /** Milliseconds since the epoch. */
  at: number;
  startedAt: number;
  account: { id: string; others: string[] };
}

export function toSession(row: ProcessRow, { run, at, startedAt, account }: Seen): NativeSession {
  const host = hostOf(row.host);
  const time = Math.max(0, row.time);
  const idle = row.command === 'Sleep';
  return {
    key: `${run}:${row.id}`,
    externalIdentityId: account.id,
    kind: 'database',
    label:
      `${row.db || 'no database'} · ${host || 'local socket'}${row.command === 'Killed' ? ' · being ended' : ''}`.slice(
        0,
        200,
      ),
    startedAt: new Date(startedAt).toISOString(),
    lastEventAt: new Date(Math.max(startedAt, idle ? at - time * 1000 : at)).toISOString(),
    idle,
    ...(isAddress(host) ? { network: host } : {}),
    credential: `login:${account.id}`,
    native: {
      id: row.id,
      run,
      user: row.user,
      host: row.host,
      database: row.db,
      ...(account.others.length ? { orAccount: account.others.join(', ').slice(0, 300) } : {}),
    },
  };
}
