import type { Tested } from '@/lib/connectors/contract';
import { picture, protectedBecause, readAccounts, readProcesses, type Standing } from '@/lib/connectors/mysql/catalog';
import { type Client, errnoOf, type Row } from '@/lib/connectors/mysql/client';
import type { Config } from '@/lib/connectors/mysql/manifest';
import { accountId, type Kind } from '@/lib/connectors/mysql/normalise';
import { wireCheck } from '@/lib/connectors/tls-model';

type Check = Tested['checks'][number];

const READ_ACCOUNTS: Record<Kind, string> = {
  mariadb: 'SELECT ON mysql.global_priv',
  mysql:
    'SELECT (User, Host, account_locked, password_expired, plugin, Super_priv, max_user_connections) ON mysql.user',
};
const READ_SECONDS = 'SELECT (password_last_changed, User_attributes) ON mysql.user';
const KILL: Record<Kind, string> = { mariadb: 'CONNECTION ADMIN', mysql: 'CONNECTION_ADMIN' };

/** Global privileges as SHOW GRANTS writes them, of the account and its active roles. */
async function globalRights(client: Client): Promise<Set<string>> {
  const rows = await client.query<Row>('show grants');
  const rights = rows.flatMap((row) => {
    const found = /^GRANT (.+?) ON \*\.\* TO /i.exec(String(Object.values(row)[0] ?? ''));
    return found ? found[1]!.split(',').map((one) => one.trim().toUpperCase()) : [];
  });
  return new Set(rights);
}

const tried = (work: Promise<unknown>): Promise<string | null> =>
  work.then(
    () => null,
    (error) => {
      if (errnoOf(error) === undefined) throw error;
      return (error as { publicMessage: string }).publicMessage;
    },
  );

/** What the connector's account may do and, where it may not, the statement that grants exactly that. */
export async function checkRights(client: Client, standing: Standing, { host, tls }: Config): Promise<Tested> {
  const { kind, me } = standing;
  const rights = await globalRights(client);
  const all = rights.has('ALL PRIVILEGES') || rights.has('SUPER');
  const has = (right: string): boolean => all || rights.has(right);
  const accounts = await tried(readAccounts(client, standing));
  const events = kind === 'mariadb' ? await tried(client.query('select 1 from mysql.event limit 1')) : null;
  const proxies = await tried(client.query('select 1 from mysql.proxies_priv limit 1'));
  const seconds =
    kind === 'mysql'
      ? await tried(client.query('select password_last_changed, User_attributes from mysql.user limit 1'))
      : null;
  const one = (check: string, ok: boolean, what: string, grant: string, on = 'ON *.*'): Check => ({
    check,
    ok,
    detail: ok ? `${what}.` : `${what}: not allowed.`,
    ...(ok ? {} : { fix: `GRANT ${grant}${on ? ` ${on}` : ''} TO ${me};` }),
  });
  const checks: Check[] = [
    {
      check: 'Connect',
      ok: true,
      detail: `As ${me}${all ? ' (more rights than Braid needs)' : ''}, ${kind === 'mariadb' ? 'MariaDB' : 'MySQL'} ${standing.version}.`,
    },
    one('Read accounts', accounts === null, 'Accounts and their locks are read', READ_ACCOUNTS[kind], ''),
    one('See all sessions', has('PROCESS'), 'Connections of every account are listed', 'PROCESS'),
    one('End sessions', has(KILL[kind]), 'Connections of other accounts are ended', KILL[kind]),
    one('Block logins', has('CREATE USER'), 'Accounts are locked and unlocked', 'CREATE USER'),
    one('Know who may act as whom', proxies === null, 'Proxies are read', 'SELECT ON mysql.proxies_priv', ''),
  ];
  if (kind === 'mariadb')
    checks.push(
      one('Know scheduled events', events === null, 'Definers of events are read', 'SELECT ON mysql.event', ''),
    );
  if (kind === 'mysql')
    checks.push(
      one(
        'Know prepared transactions',
        has('XA_RECOVER_ADMIN'),
        'Prepared XA transactions are listed',
        'XA_RECOVER_ADMIN',
      ),
      one('Know second passwords', seconds === null, 'Retained passwords are known of', READ_SECONDS, ''),
    );
  checks.push(wireCheck([host], tls === 'disable' ? 'plain' : tls === 'require' ? 'unchecked' : 'checked'));
  if (accounts === null && has('PROCESS')) checks.push(await protectedCheck(client, standing));
  else await readProcesses(client, standing);
  return { ok: checks.every((check) => check.ok), checks };
}

async function protectedCheck(client: Client, standing: Standing): Promise<Check> {
  const { accounts, linked } = await picture(client, standing);
  const kept = accounts.filter((row) => !row.role && protectedBecause(row.user, accountId(row), standing, linked));
  const names = kept.map(accountId).slice(0, 20).join(', ');
  return { check: 'Protected accounts', ok: true, detail: `${names}: shown, never revoked.` };
}
