import type { Standing } from '@/lib/connectors/mysql/catalog';
import { type Client, errnoOf } from '@/lib/connectors/mysql/client';
import { accountId } from '@/lib/connectors/mysql/normalise';
import { clock } from '@/lib/platform/clock';

export interface Method {
  plugin: string;
  /** What is kept of the password; null: the connector may not read it. Never to be shown. */
  stored: string | null;
}

/** How an account may log in. */
export interface Passwords {
  id: string;
  methods: Method[];
  /** When its password was changed, ms by Braid's clock, to a second; null: not told. */
  changedAt: number | null;
  /** Does a second, retained password still open? null: not told. */
  second: boolean | null;
}

interface Priv {
  plugin?: string;
  authentication_string?: string;
  auth_or?: { plugin?: string; authentication_string?: string }[];
  password_last_changed?: number;
}

function methodsOf(priv: Priv): Method[] {
  const main = { plugin: priv.plugin || 'mysql_native_password', stored: priv.authentication_string ?? '' };
  const others = (priv.auth_or ?? []).flatMap((one) =>
    one.plugin ? [{ plugin: one.plugin, stored: one.authentication_string ?? '' }] : [],
  );
  return [main, ...others];
}

function readPriv(text: string): Priv {
  try {
    return JSON.parse(text) as Priv;
  } catch {
    return { plugin: 'unreadable' };
  }
}

/** How far the server's clock is ahead, ms. */
async function ahead(client: Client): Promise<number> {
  const [row] = await client.query<{ now: string }>('select cast(unix_timestamp() as char) as now');
  return Number(row!.now) * 1000 - clock.ms();
}

type Found = Omit<Passwords, 'changedAt'> & { changed: number };

async function ofMariadb(client: Client, user: string): Promise<Found[]> {
  const rows = await client.query<{ host: string; priv: string }>(
    'select Host as host, Priv as priv from mysql.global_priv where User = ?',
    [user],
  );
  return rows.map(({ host, priv }) => {
    const known = readPriv(typeof priv === 'string' ? priv : JSON.stringify(priv));
    return {
      id: accountId({ user, host }),
      methods: methodsOf(known),
      changed: known.password_last_changed ?? 0,
      second: false,
    };
  });
}

/** MySQL tells more only to whom it was granted. */
async function ofMysql(client: Client, user: string): Promise<Found[]> {
  type Told = { host: string; plugin: string; changed: string | null; second: number | null };
  const ask = (more: string) =>
    client.query<Told>(`select Host as host, plugin, ${more} from mysql.user where User = ?`, [user]);
  const rows = await ask(
    `cast(unix_timestamp(password_last_changed) as char) as changed,
     json_contains_path(coalesce(User_attributes, '{}'), 'one', '$.additional_password') as second`,
  ).catch((error) => {
    if (errnoOf(error) === undefined) throw error;
    return ask('null as changed, null as second');
  });
  return rows.map(({ host, plugin, changed, second }) => ({
    id: accountId({ user, host }),
    methods: [{ plugin, stored: null }],
    changed: Number(changed) || 0,
    second: second === null ? null : Number(second) === 1,
  }));
}

/** Every account of a user name. */
export async function passwordsOf(client: Client, { kind }: Standing, user: string): Promise<Passwords[]> {
  const found = await (kind === 'mariadb' ? ofMariadb(client, user) : ofMysql(client, user));
  const skew = await ahead(client);
  return found.map(({ changed, ...rest }) => ({ ...rest, changedAt: changed ? changed * 1000 - skew : null }));
}
