import { type Client, errnoOf, type Row } from '@/lib/connectors/mysql/client';
import {
  type AccountRow,
  accountId,
  accountOf,
  HALFWAY,
  isDump,
  isServer,
  isSystem,
  type Kind,
  type ProcessRow,
} from '@/lib/connectors/mysql/normalise';

/** Who the connector is at this server. */
export interface Standing {
  kind: Kind;
  version: string;
  /** As GRANT writes it: 'user'@'host'. */
  me: string;
  /** Id of the connector's own account. */
  own: string;
}

const sql = (text: unknown) => `'${String(text).replace(/\\/g, '\\\\').replace(/'/g, "''")}'`;
export const quoted = ({ user, host }: { user: string; host: string }): string => `${sql(user)}@${sql(host)}`;

export async function readStanding(client: Client): Promise<Standing> {
  const [row] = await client.query<{ version: string; me: string }>(
    'select @@version as version, current_user() as me',
  );
  const at = row!.me.lastIndexOf('@');
  const account = { user: row!.me.slice(0, at), host: row!.me.slice(at + 1) };
  const kind: Kind = /mariadb/i.test(row!.version) ? 'mariadb' : 'mysql';
  return { kind, version: row!.version, me: quoted(account), own: accountId(account) };
}

/** What MySQL calls itself; MariaDB has only a number made of its machine and port, which copies share. */
export async function readSystem(client: Client, { kind }: Standing): Promise<string | null> {
  if (kind === 'mariadb') return null;
  const [row] = await client.query<{ id: string }>('select @@server_uuid as id');
  return row?.id ?? null;
}

const ACCOUNTS: Record<Kind, string> = {
  mariadb: `select User as user, Host as host, coalesce(json_value(Priv, '$.account_locked'), '0') in ('1', 'true') as locked,
                   coalesce(json_value(Priv, '$.is_role'), '0') in ('1', 'true') as role,
                   coalesce(json_value(Priv, '$.plugin'), 'mysql_native_password') as plugin,
                   (cast(coalesce(json_value(Priv, '$.access'), '0') as unsigned) & 32768) <> 0 as superuser,
                   cast(coalesce(json_value(Priv, '$.max_user_connections'), '0') as signed) as maxConnections
              from mysql.global_priv`,
  // A role of MySQL is an account that is locked and whose (empty) password has expired.
  mysql: `select User as user, Host as host, account_locked = 'Y' as locked, account_locked = 'Y' and password_expired = 'Y' as role,
                 plugin, Super_priv = 'Y' as superuser, max_user_connections as maxConnections from mysql.user`,
};

const toAccount = (row: Row): AccountRow => ({
  user: String(row.user),
  host: String(row.host),
  locked: Number(row.locked) === 1,
  role: Number(row.role) === 1,
  plugin: String(row.plugin ?? ''),
  superuser: Number(row.superuser) === 1,
  maxConnections: Number(row.maxConnections) || 0,
});

export const readAccounts = async (client: Client, { kind }: Standing): Promise<AccountRow[]> =>
  (await client.query(ACCOUNTS[kind])).map(toAccount);

export const readAccount = async (client: Client, standing: Standing, id: string): Promise<AccountRow | undefined> =>
  (await readAccounts(client, standing)).find((row) => accountId(row) === id);

const PROCESSES: Record<Kind, string> = {
  mariadb: 'information_schema.processlist',
  mysql: 'performance_schema.processlist',
};

/** Everything that is connected, the connector's own connection left out. */
export async function readProcesses(client: Client, { kind }: Standing): Promise<ProcessRow[]> {
  const read = (table: string) =>
    client.query(
      `select cast(ID as char) as id, USER as user, HOST as host, DB as db, COMMAND as command, TIME as time, STATE as state
         from ${table} where ID <> connection_id()`,
    );
  const rows = await read(PROCESSES[kind]).catch((error) => {
    // Before MySQL 8.0.22 there is only the older view.
    if (kind === 'mysql' && [1142, 1146].includes(errnoOf(error) ?? 0)) return read(PROCESSES.mariadb);
    throw error;
  });
  return rows.map((row) => ({
    id: String(row.id),
    user: String(row.user ?? ''),
    host: String(row.host ?? ''),
    db: row.db === null ? null : String(row.db),
    command: String(row.command ?? ''),
    time: Number(row.time) || 0,
    state: row.state === null ? null : String(row.state),
  }));
}

/** When the server started, as it counts itself: two readings of one run give the same second. */
export async function readRun(client: Client, { kind }: Standing): Promise<string> {
  const table = kind === 'mariadb' ? 'information_schema.global_status' : 'performance_schema.global_status';
  const [row] = await client.query<{ run: string }>(
    `select cast(unix_timestamp() - variable_value as char) as run from ${table} where variable_name = 'Uptime'`,
  );
  return String(Math.round(Number(row?.run ?? 0)));
}

export interface Picture {
  accounts: AccountRow[];
  clients: { row: ProcessRow; account: { id: string; others: string[] } }[];
  /** Logins that may have been looked up already, by id. MariaDB shows those under their account, so there are none here. */
  halfway: string[];
  /** Addresses of replicas that read this server's log. */
  replicas: string[];
  /** Accounts replicas log in with. */
  linked: Set<string>;
}

export async function picture(client: Client, standing: Standing): Promise<Picture> {
  const accounts = await readAccounts(client, standing);
  const rows = await readProcesses(client, standing);
  const dumps = rows.filter(isDump);
  const clients = rows
    .filter((row) => row.user !== HALFWAY && !isDump(row) && !isServer(row))
    .map((row) => ({ row, account: accountOf(row, accounts) }));
  return {
    accounts,
    clients,
    halfway: standing.kind === 'mariadb' ? [] : rows.filter((row) => row.user === HALFWAY).map((row) => row.id),
    replicas: dumps.map((row) => row.host),
    linked: new Set(dumps.map((row) => accountOf(row, accounts).id)),
  };
}

/** Why an account is never ended; null: it may be. */
export function protectedBecause(user: string, id: string, standing: Standing, linked: Set<string>): string | null {
  if (isSystem(user)) return 'an account the server lives by';
  if (id === standing.own) return 'this connector logs in with it';
  return linked.has(id) ? 'a replica logs in with it' : null;
}
