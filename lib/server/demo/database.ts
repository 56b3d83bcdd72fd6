import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { loneClient } from '@/lib/db/lone-client';
import { env } from '@/lib/platform/env';
import { newSecret } from '@/lib/platform/ids';

/** The system the demo's service accounts live in: another database of the embedded server, with logins of its own. */
export interface DemoSystem {
  host: string;
  port: number;
  database: string;
  connector: { user: string; password: string };
  /** Password of every demo account by role name. */
  passwords: Record<string, string>;
}

/** Nothing depends on it: drills end its access, measure that and give it back. */
export const CANARY = 'braid_canary';

export const ACCOUNTS = [
  'svc_payments',
  'order_processor',
  'nightly_batch',
  'deploy_bot',
  'research_agent',
  'release_agent',
  'reporting_ro',
  CANARY,
] as const;
export type Account = (typeof ACCOUNTS)[number];

const DATABASE = 'orders';
const CONNECTOR = 'braid_connector';

const TABLES = `
  create table if not exists orders (id bigint generated always as identity primary key, account text not null, amount_cents bigint not null,
    state text not null default 'new', created_at timestamptz not null default now());
  create table if not exists audit_trail (id bigint generated always as identity primary key, who text not null default current_user, what text not null,
    at timestamptz not null default now());
  grant usage on schema public to public;
  grant select, insert, update on orders, audit_trail to public;`;

async function upsertRole(admin: pg.Client, name: string, password: string, extra: string): Promise<void> {
  const found = await admin.query('select 1 from pg_roles where rolname = $1', [name]);
  const role = pg.escapeIdentifier(name);
  // An account that was revoked in an earlier run of the demo stays revoked: its login is not given back here.
  const login = found.rowCount ? '' : 'login';
  await admin.query(
    `${found.rowCount ? 'alter' : 'create'} role ${role} ${login} ${extra} password ${pg.escapeLiteral(password)}`,
  );
}

/** The same at every start: processes that follow the system have opened the old one before this one has said the new. */
function connectorPassword(): string {
  const file = path.join(env().BRAID_HOME, 'demo-connector.json');
  if (fs.existsSync(file)) return (JSON.parse(fs.readFileSync(file, 'utf8')) as { password: string }).password;
  const password = newSecret(12);
  fs.writeFileSync(file, JSON.stringify({ password }), { mode: 0o600 });
  return password;
}

/** Makes the demo's database and accounts, or brings them up to date. Takes the server's superuser URL. */
export async function prepareSystem(adminUrl: string): Promise<DemoSystem> {
  const passwords = Object.fromEntries(ACCOUNTS.map((account) => [account, newSecret(12)]));
  const connector = { user: CONNECTOR, password: connectorPassword() };
  const url = new URL(adminUrl);
  const admin = loneClient({ connectionString: adminUrl });
  await admin.connect();
  try {
    for (const account of ACCOUNTS) await upsertRole(admin, account, passwords[account]!, '');
    await upsertRole(admin, CONNECTOR, connector.password, 'createrole');
    await admin.query(`grant pg_read_all_stats, pg_signal_backend to ${CONNECTOR}`);
    for (const account of ACCOUNTS)
      await admin.query(
        `grant ${pg.escapeIdentifier(account)} to ${CONNECTOR} with admin option, inherit false, set false`,
      );
    const database = await admin.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (!database.rowCount) await admin.query(`create database ${DATABASE}`);
  } finally {
    await admin.end();
  }
  url.pathname = `/${DATABASE}`;
  const owner = loneClient({ connectionString: url.toString() });
  await owner.connect();
  await owner.query(TABLES).finally(() => owner.end());
  return { host: url.hostname, port: Number(url.port), database: DATABASE, connector, passwords };
}
