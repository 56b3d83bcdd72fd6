// The world around Braid for the journeys: a database with service accounts of its own, clients that connect to it, services that ask.
import fs from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { asAdmin, braid, consoleUrl, here, pdpUrl } from './fixture';

const DATABASE = 'estate';
const CONNECTOR = 'estate_connector';
const PASSWORD = 'estate-password';
/** One account for each journey, so that none disturbs another. */
export const ACCOUNTS = ['svc_payments', 'svc_orders', 'svc_reports', 'svc_idle', 'svc_keys', 'svc_rotated'];

let tokenMade: Promise<string> | undefined;

/** An API token that may do everything, made by the command line. */
export function token(): Promise<string> {
  tokenMade ??= braid('token', 'create', '--name', 'journeys', '--scope', 'decide,read,respond,admin', '--json').then(
    (out) => (JSON.parse(out) as { token: string }).token,
  );
  return tokenMade;
}

export async function api<T>(method: string, where: string, body?: unknown): Promise<T> {
  const response = await fetch(`${consoleUrl()}/api/v1${where}`, {
    method,
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** The identity's id, by its exact name. */
export async function identityOf(name: string): Promise<string> {
  const { items } = await api<{ items: { id: string; name: string }[] }>('GET', `/identities?q=${name}`);
  const found = items.find((item) => item.name === name);
  if (!found) throw new Error(`Braid knows no ${name}`);
  return found.id;
}

const port = (): number => JSON.parse(fs.readFileSync(path.join(here().home, 'postgres.json'), 'utf8')).port;

/** What an administrator types into the connect form. */
export const connectorValues = () => ({
  host: '127.0.0.1',
  port: String(port()),
  database: DATABASE,
  user: CONNECTOR,
  password: PASSWORD,
});

/** Makes the database, its accounts and the connector's role, and applies the policies. Once per run. */
export async function makeEstate(): Promise<void> {
  await asAdmin('postgres', async (admin) => {
    for (const account of ACCOUNTS) await admin.query(`create role ${account} login password '${PASSWORD}'`);
    await admin.query(`create role ${CONNECTOR} login createrole password '${PASSWORD}'`);
    await admin.query(`grant pg_read_all_stats, pg_signal_backend to ${CONNECTOR}`);
    for (const account of ACCOUNTS) await admin.query(`grant ${account} to ${CONNECTOR} with admin option`);
    await admin.query(`create database ${DATABASE}`);
  });
  await braid('policy', 'apply', 'docs/examples/policies/payments', '--reason', 'journeys');
}

/** A real client of a service account. `closed` resolves when the server threw it out. */
export async function connectAs(
  account: string,
  name: string,
  password = PASSWORD,
): Promise<{ client: pg.Client; closed: Promise<void> }> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: port(),
    database: DATABASE,
    user: account,
    password,
    application_name: name,
  });
  const closed = new Promise<void>((resolve) => {
    client.on('error', () => resolve());
    client.on('end', () => resolve());
  });
  await client.connect();
  await client.query('select 1');
  return { client, closed };
}

export interface Asked {
  decision: boolean;
  context: { reason: string; braid: { decision_id: string; verdict: string; alone: string | null } };
}

/** Asks the decision point, as a service does. */
export async function pay(session: string, account: string, amount: string, subject = 'svc_payments'): Promise<Asked> {
  const response = await fetch(`${pdpUrl()}/access/v1/evaluation`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      subject: { type: 'service_account', id: subject },
      action: { name: 'payment.create' },
      resource: { type: 'account', id: account },
      context: { amount, unit: 'EUR', braid: { session: { id: session, region: 'eu-west' } } },
    }),
  });
  if (!response.ok) throw new Error(`decision point: ${response.status} ${await response.text()}`);
  return (await response.json()) as Asked;
}
