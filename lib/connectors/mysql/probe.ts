import { setTimeout as sleep } from 'node:timers/promises';
import type { CanarySession, Hit, NativeSession, Probed, Residual } from '@/lib/connectors/contract';
import { picture, quoted, readRun, type Standing } from '@/lib/connectors/mysql/catalog';
import { type Client, errnoOf, explain, optionsFor, type Value } from '@/lib/connectors/mysql/client';
import type { Config } from '@/lib/connectors/mysql/manifest';
import { accountId, readAccountId } from '@/lib/connectors/mysql/normalise';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** For a client that reconnects, and for a login that was half-way when the account was locked. */
export const BETWEEN_READINGS_MS = 150;
export const DENIED = [1045, 1698, 3118, 3955, 4151];

export interface Proof {
  client: Client;
  standing: Standing;
  config: Config;
  /** The login held, where this account is the canary. */
  canary: { id: string; password: string } | null;
}

export const check = (what: string, saw: string) => ({
  check: what,
  saw: saw.slice(0, 500),
  at: clock.now().toISOString(),
});

interface Reading {
  state: 'open' | 'locked' | 'no such account';
  own: number;
  /** Connections that may be this account's as well as another's of the same name. */
  either: number;
  halfway: string[];
  xa: string[];
  replicas: string[];
}

/** `but`: a connection that is Braid’s own. */
export async function read({ client, standing }: Proof, id: string, but?: string | null): Promise<Reading> {
  const seen = await picture(client, standing);
  const account = seen.accounts.find((one) => accountId(one) === id);
  return {
    state: account ? (account.locked ? 'locked' : 'open') : 'no such account',
    own: seen.clients.filter((one) => one.account.id === id && one.row.id !== but).length,
    either: seen.clients.filter((one) => one.account.others.includes(id)).length,
    halfway: seen.halfway,
    xa: await preparedOf(client),
    replicas: seen.replicas,
  };
}

/** Prepared XA transactions: the server does not tell whose. */
async function preparedOf(client: Client): Promise<string[]> {
  const rows = await client.query<Record<string, Value>>('xa recover').catch((error) => {
    if (errnoOf(error) !== undefined) return [];
    throw error;
  });
  return rows.map((row) => String(row.data));
}

export const words = (reading: Reading): string =>
  `${reading.state}, ${reading.own} ${reading.own === 1 ? 'connection' : 'connections'}`;

/** Scheduled events that run with this account's rights; null: the connector may not see them. */
async function eventsOf({ client, standing }: Proof, id: string): Promise<string[] | null> {
  const { user, host } = readAccountId(id);
  const mariadb = standing.kind === 'mariadb';
  const sql = mariadb
    ? `select concat(db, '.', name) as name from mysql.event where definer = ? and status = 'ENABLED' and upper(@@event_scheduler) = 'ON'`
    : `select concat(event_schema, '.', event_name) as name from information_schema.events where definer = ? and status = 'ENABLED' and upper(@@event_scheduler) = 'ON'`;
  const rows = await client.query<{ name: string }>(sql, [`${user}@${host}`]).catch((error) => {
    if (errnoOf(error) !== undefined) return null;
    throw error;
  });
  return rows?.map((row) => row.name) ?? null;
}

/** Accounts that may act as this one through PROXY. */
async function proxiesOf({ client }: Proof, id: string): Promise<string[] | null> {
  const { user, host } = readAccountId(id);
  const rows = await client
    .query<{ user: string; host: string }>(
      'select User as user, Host as host from mysql.proxies_priv where Proxied_user = ? and Proxied_host = ?',
      [user, host],
    )
    .catch((error) => {
      if (errnoOf(error) !== undefined) return null;
      throw error;
    });
  return rows?.map(accountId) ?? null;
}

/** Other nodes of a cluster this server belongs to. */
async function clusterOf({ client, standing }: Proof): Promise<string[]> {
  const sql =
    standing.kind === 'mariadb'
      ? `select variable_value as nodes from information_schema.global_status where variable_name = 'wsrep_incoming_addresses' and variable_value <> ''`
      : `select group_concat(member_host, ':', member_port) as nodes from performance_schema.replication_group_members where member_id <> @@server_uuid`;
  const [row] = await client.query<{ nodes: string | null }>(sql).catch((error) => {
    if (errnoOf(error) !== undefined) return [];
    throw error;
  });
  const nodes = (row?.nodes ?? '').split(',').filter((one) => /\w/.test(one));
  return standing.kind === 'mariadb' ? nodes.slice(1) : nodes;
}

/**
 * Gone = locked (or dropped) and no connection, read twice, and no login that was half-way at the first reading is half-way
 * still: such a one was looked up before the lock and may yet come in.
 */
export async function probeAccount(proof: Proof, id: string): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const alive = (detail: string): Probed => ({ result: 'alive', detail, checks, residuals: [] });
  const first = await read(proof, id);
  checks.push(check('account and connections read', words(first)));
  if (first.state === 'open' || first.own) return alive(words(first));
  const entered = proof.canary?.id === id ? await enter(proof, id) : undefined;
  await entered?.close();
  if (entered !== undefined) checks.push(check('login with the held password', entered ? 'let in' : 'refused'));
  if (entered) return alive('the held password still logs in');
  await sleep(BETWEEN_READINGS_MS);
  const second = await read(proof, id);
  checks.push(check('read again after a moment', words(second)));
  if (second.state === 'open' || second.own) return alive(words(second));
  const pending = second.halfway.filter((one) => first.halfway.includes(one));
  checks.push(check('logins half-way since before', pending.length ? `${pending.length}` : 'none'));
  if (pending.length)
    return alive(`${pending.length} logins have been half-way since before: one may be this account’s`);
  const residuals = await left(proof, id, first, second, checks);
  return { result: 'gone', detail: `${words(second)}, read twice`, checks, residuals };
}

export async function left(
  proof: Proof,
  id: string,
  first: Reading,
  second: Reading,
  checks: Probed['checks'],
): Promise<Residual[]> {
  const [events, proxies, cluster] = [await eventsOf(proof, id), await proxiesOf(proof, id), await clusterOf(proof)];
  checks.push(
    check('scheduled events that run as it', events === null ? 'may not be read' : events.join(', ') || 'none'),
  );
  checks.push(
    check('accounts that may act as it (PROXY)', proxies === null ? 'may not be read' : proxies.join(', ') || 'none'),
  );
  const residuals: Residual[] = [];
  const add = (what: string, why: string, gap: Residual['gap']) =>
    residuals.push({ what: what.slice(0, 500), why, until: null, ...(gap ? { gap } : {}) });
  const xa = second.xa.filter((one) => first.xa.includes(one)).length;
  if (xa)
    add(
      `${xa} prepared XA transactions`,
      'They outlive their connection until somebody commits or rolls them back. The server does not tell whose they are: some may be this account’s.',
      'G8',
    );
  if (second.either)
    add(
      `${second.either} connections of the same user name`,
      'The server shows a host name it resolved; whether they came in by this account or by another of its name can’t be told.',
      'G6',
    );
  if (events?.length)
    add(
      `scheduled events: ${events.join(', ')}`,
      'Their definer is this account: they run with its rights without a login.',
      'G8',
    );
  const nodes = [...new Set([...second.replicas, ...cluster])];
  if (nodes.length && proof.config.replicas === 'unseen')
    add(
      `connections to ${nodes.join(', ')}`,
      'Replicas and cluster nodes take a lock or a new password over, but their open connections go on and are not seen here.',
      'G7',
    );
  return residuals;
}

/** An id never comes back within one run of the server. */
export async function probeConnection({ client, standing }: Proof, session: NativeSession): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const { id, run, user } = session.native;
  for (const what of ['connection looked up by id and run', 'looked up again after a moment']) {
    if (checks.length) await sleep(BETWEEN_READINGS_MS);
    const [now, seen] = [await readRun(client, standing), await picture(client, standing)];
    const there = now === run && seen.clients.some((one) => one.row.id === id && one.row.user === user);
    checks.push(check(what, `connection ${id} ${there ? 'still there' : 'gone'}`));
    if (there) return { result: 'alive', detail: `connection ${id} is still there`, checks, residuals: [] };
    const newer = seen.clients.filter(
      (one) => Number(one.row.id) > Number(id) && one.account.id === session.externalIdentityId && one.row.time < 5,
    ).length;
    if (checks.length === 2 && newer) {
      const detail = `gone; this account connected anew (${newer}): pause or revoke the identity to keep it out`;
      return { result: 'gone', detail, checks, residuals: [] };
    }
  }
  return { result: 'gone', detail: 'gone, looked up twice', checks, residuals: [] };
}

/** Comes in as the canary; null: the server refused the login (locked, or its password). */
export async function enter({ config, canary }: Proof, id: string): Promise<CanarySession | null> {
  if (canary?.id !== id)
    throw new BraidError('connector.unsupported', `No password of ${id} is held: it is not this connector’s canary.`);
  const { createConnection } = await import('mysql2/promise');
  try {
    const raw = await createConnection(
      await optionsFor(config, { user: readAccountId(id).user, password: canary.password }),
    );
    raw.on('error', () => undefined);
    return {
      alive: () =>
        raw.query({ sql: 'select 1', timeout: 3_000 }).then(
          () => true,
          () => false,
        ),
      close: async () => raw.destroy(),
    };
  } catch (error) {
    const known = explain(error, `MySQL at ${config.host}:${config.port}`);
    if (DENIED.includes(errnoOf(known) ?? 0)) return null;
    throw known;
  }
}

export async function predict(proof: Proof, id: string): Promise<Hit[]> {
  const seen = await picture(proof.client, proof.standing);
  const groups = new Map<string, number>();
  for (const { row, account } of seen.clients) {
    if (account.id !== id) continue;
    const what = `${row.db ?? 'no database'} from ${row.host.replace(/:\d+$/, '') || 'a local socket'}`;
    groups.set(what, (groups.get(what) ?? 0) + 1);
  }
  const hits: Hit[] =
    groups.size > 1
      ? [...groups].slice(0, 50).map(([what, sessions]) => ({
          what,
          why: 'One of several clients that share this account: all of them end.',
          sessions,
        }))
      : [];
  for (const name of (await proxiesOf(proof, id)) ?? [])
    hits.push({
      what: name,
      why: `May act as ${quoted(readAccountId(id))} through PROXY, also while it is locked.`,
      externalId: name,
    });
  for (const name of (await eventsOf(proof, id)) ?? [])
    hits.push({ what: `event ${name}`, why: 'Its definer is this account: it goes on running with its rights.' });
  for (const node of [...seen.replicas, ...(await clusterOf(proof))])
    hits.push({ what: node, why: 'A replica or cluster node: takes the lock over, keeps its own open connections.' });
  return hits;
}
