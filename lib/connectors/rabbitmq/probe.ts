import { setTimeout as sleep } from 'node:timers/promises';
import type { CanarySession, Hit, NativeSession, Probed } from '@/lib/connectors/contract';
import { enterAmqp } from '@/lib/connectors/rabbitmq/amqp';
import { type Client, part } from '@/lib/connectors/rabbitmq/client';
import { connectionsOf, type Deps, find, userOf } from '@/lib/connectors/rabbitmq/end';
import type { Config } from '@/lib/connectors/rabbitmq/manifest';
import {
  type Account,
  COLUMNS,
  consumedBy,
  exclusiveQueues,
  ownerOf,
  passwordWorks,
  readApplications,
  readConnections,
  readLinks,
} from '@/lib/connectors/rabbitmq/normalise';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** For a client that reconnects, and for one that was being let in when its user was shut out. */
export const BETWEEN_READINGS_MS = 200;

export interface Proof extends Deps {
  config: Config;
  /** The login held, where this user is the canary. */
  canary: { user: string; password: string } | null;
}

export const check = (what: string, saw: string) => ({
  check: what,
  saw: saw.slice(0, 500),
  at: clock.now().toISOString(),
});

const shut = (user: Account | undefined): boolean => !user || (user.maxConnections === 0 && !passwordWorks(user));

function words(user: Account | undefined, connections: number): string {
  const login = !user
    ? 'no such user'
    : `${user.maxConnections === 0 ? 'no connections allowed' : 'connections allowed'}, password ${passwordWorks(user) ? 'works' : 'unusable'}`;
  return `${login}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
}

/** Both lists: the one that is current, and the statistics, which may know of a connection the first one lost. */
export async function listed(proof: Proof, name: string): Promise<number> {
  const [current, all] = await Promise.all([
    connectionsOf(proof, name),
    proof.client.list(`/connections?columns=${COLUMNS}`),
  ]);
  const stats = readConnections(all).filter((row) => row.user === name);
  return new Set([...current, ...stats].map((row) => row.name)).size;
}

export async function enter({ config, canary }: Proof, name: string): Promise<CanarySession | null> {
  if (canary?.user !== name)
    throw new BraidError('connector.unsupported', `No password of ${name} is held: it is not this connector’s canary.`);
  return enterAmqp(config, name, canary.password);
}

/** Gone = no connections allowed, a password that fits nothing, and none listed, read twice. Of users of another backend nothing is claimed. */
export async function probeName(proof: Proof, name: string): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const look = async (what: string) => {
    const [user, connections] = await Promise.all([userOf(proof, name), listed(proof, name)]);
    const saw = words(user, connections);
    checks.push(check(what, saw));
    return { user, saw, alive: connections > 0 || !shut(user) };
  };
  const first = await look('user and connections read');
  if (first.alive) return { result: 'alive', detail: first.saw, checks, residuals: [] };
  const entered = proof.canary?.user === name && proof.config.amqp ? await enter(proof, name) : undefined;
  await entered?.close();
  if (entered !== undefined) checks.push(check('login with the held password', entered ? 'let in' : 'refused'));
  if (entered) return { result: 'alive', detail: 'the held password still logs in', checks, residuals: [] };
  await sleep(BETWEEN_READINGS_MS);
  const second = await look('read again after a moment');
  if (second.alive) return { result: 'alive', detail: second.saw, checks, residuals: [] };
  if (!second.user && (await isOutsider(proof))) return outsider(checks);
  return { result: 'gone', detail: `${second.saw}, read twice`, checks, residuals: [] };
}

/** A user of another backend: nothing is claimed. */
export function outsider(checks: Probed['checks']): Probed {
  checks.push(check('who else lets in', 'another backend, which Braid can’t ask here'));
  return {
    result: 'unknown',
    detail: 'no connection now; whether another backend lets it in again can’t be known here',
    checks,
    residuals: [
      {
        what: 'tokens or passwords of another backend',
        why: 'This user is not in RabbitMQ’s own database. A token is good until it ends; block it where it comes from.',
        until: null,
        gap: 'G2',
      },
    ],
  };
}

/** What runs on every node; null: it can't be read. */
export const applicationsOf = async ({ client }: Deps): Promise<string[] | null> =>
  readApplications(await client.get('/nodes?columns=name,applications,enabled_plugins').catch(() => null));

/** May somebody who is not in the database come in? Only where another backend is asked; what can't be read counts as yes. */
export async function isOutsider(deps: Deps): Promise<boolean> {
  const value = (await deps.client.get('/auth').catch(() => null)) as { oauth_enabled?: boolean } | null;
  const running = await applicationsOf(deps);
  if (value?.oauth_enabled === true || running === null) return true;
  return running.some((name) => /^rabbitmq_auth_backend_(?:oauth2|ldap|http)$/.test(name));
}

export async function probeConnection(proof: Proof, session: NativeSession): Promise<Probed> {
  const checks: Probed['checks'] = [];
  for (const what of ['connection looked up by name and start', 'looked up again after a moment']) {
    if (checks.length) await sleep(BETWEEN_READINGS_MS);
    const there = (await find(proof, session)) !== undefined;
    checks.push(check(what, there ? 'still there' : 'gone'));
    if (there) return { result: 'alive', detail: 'the connection is still there', checks, residuals: [] };
  }
  return { result: 'gone', detail: 'gone, looked up twice', checks, residuals: [] };
}

/** null where the plugin is not there. */
const optional = (client: Client, path: string): Promise<unknown> =>
  client.get(path).catch((error) => {
    if (error instanceof BraidError && error.code === 'connector.refused') return null;
    throw error;
  });

const MOST_QUEUES = 50;

/** How many of the exclusive queues belong to these connections; at most the first 50 are asked. */
async function ownedBy(client: Client, queues: unknown, connections: Set<string>): Promise<number> {
  const asked = exclusiveQueues(queues).slice(0, MOST_QUEUES);
  const owners = await Promise.all(
    asked.map(async ({ vhost, name }) => ownerOf(await optional(client, `/queues/${part(vhost)}/${part(name)}`))),
  );
  return owners.filter((owner) => connections.has(owner)).length;
}

export async function predict({ client }: Deps, name: string): Promise<Hit[]> {
  const [all, queues, shovels, upstreams] = await Promise.all([
    client.list(`/connections?columns=${COLUMNS}`),
    optional(client, '/queues?columns=name,vhost,exclusive'),
    optional(client, '/parameters/shovel'),
    optional(client, '/parameters/federation-upstream'),
  ]);
  const own = readConnections(all).filter((row) => row.user === name);
  const groups = new Map<string, number>();
  for (const row of own) {
    const what = `${row.given || row.product || row.protocol} from ${row.peer || 'inside the broker'}`;
    groups.set(what, (groups.get(what) ?? 0) + 1);
  }
  const hits: Hit[] =
    groups.size > 1
      ? [...groups].slice(0, 50).map(([what, sessions]) => ({
          what,
          why: 'One of several clients that share this user: all of them end.',
          sessions,
        }))
      : [];
  const names = new Set(own.map((row) => row.name));
  const consumed = new Set(consumedBy(await optional(client, '/consumers'), names));
  if (consumed.size)
    hits.push({
      what: `consumers of ${[...consumed].slice(0, 10).join(', ')}`.slice(0, 300),
      why: 'They stop; what they have not acknowledged is delivered to others.',
    });
  const exclusive = await ownedBy(client, queues, names);
  if (exclusive)
    hits.push({
      what: `${exclusive} exclusive ${exclusive === 1 ? 'queue' : 'queues'}`,
      why: 'Deleted with the connection that owns them, and what is in them.',
    });
  for (const link of [...readLinks('shovel', shovels), ...readLinks('federation upstream', upstreams)])
    if (link.users.includes(name))
      hits.push({ what: link.name, why: 'Logs in as this user: it stops, and tries again until it is restored.' });
  return hits;
}
