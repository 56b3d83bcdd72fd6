import { setTimeout as sleep } from 'node:timers/promises';
import type { Acted, NativeSession } from '@/lib/connectors/contract';
import { type Client, part } from '@/lib/connectors/rabbitmq/client';
import {
  type Account,
  COLUMNS,
  type ConnectionRow,
  canEnter,
  isInternal,
  keyOf,
  madeWith,
  passwordWorks,
  readAccount,
  readConnections,
  readMemory,
  unfitFor,
} from '@/lib/connectors/rabbitmq/normalise';
import { BraidError } from '@/lib/platform/errors';

export interface Deps {
  client: Client;
  /** The connector's own user. */
  me: string;
}

const ENDED_WITHIN_MS = 1_500;
const REASON = 'access ended by Braid';

export const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });
export const isRefusal = (error: unknown): error is BraidError =>
  error instanceof BraidError && error.code === 'connector.refused';

async function refusal(work: Promise<Acted>): Promise<Acted> {
  return work.catch((error) => {
    if (!isRefusal(error)) throw error;
    const { status } = (error.detail ?? {}) as { status?: number };
    const right = status === 401 || status === 403 ? ' Braid’s user needs the tag administrator.' : '';
    return failed(`${error.publicMessage}${right}`);
  });
}

/** Throws `connector.protected`. */
export function guard({ me }: Deps, name: string): void {
  const why =
    name === me ? 'this connector logs in with it' : isInternal(name) ? 'the broker itself works by it' : null;
  if (why) throw new BraidError('connector.protected', `${name} is protected: ${why}.`);
}

/** undefined: RabbitMQ's own database has no such user. */
export const userOf = async ({ client }: Deps, name: string): Promise<Account | undefined> =>
  readAccount(await client.get(`/users/${part(name)}`)) ?? undefined;

/** Connections of this user on every node, from the list that is current at once (statistics lag by up to 5 s). */
export const connectionsOf = async ({ client }: Deps, name: string): Promise<ConnectionRow[]> =>
  readConnections(await client.get(`/connections/username/${part(name)}`));

const memoryPath = (name: string): string => `/global-parameters/${part(`braid:${name}`)}`;
const limitPath = (name: string): string => `/user-limits/${part(name)}/max-connections`;

export async function write(client: Client, user: Account, algorithm: string): Promise<void> {
  await client.put(`/users/${part(user.name)}`, {
    password_hash: user.hash,
    hashing_algorithm: algorithm,
    tags: user.tags,
  });
}

/**
 * Two locks, as neither covers everything. No connection more (every protocol, every backend of this name, certificates too;
 * the HTTP API does not ask it); and a password that fits nothing, by naming another hash algorithm than the one it was made
 * with (everything that takes a password). What the limit was is kept at RabbitMQ, as a global parameter. Open connections
 * go on: `endAll` follows.
 */
export async function block(deps: Deps, name: string): Promise<Acted> {
  guard(deps, name);
  return refusal(shut(deps, name));
}

async function shut(deps: Deps, name: string): Promise<Acted> {
  const { client } = deps;
  const user = await userOf(deps, name);
  if (!user) {
    const detail = 'no user of RabbitMQ’s own database: another backend lets it in, and has to be told';
    return { state: 'accepted', detail, affected: 0 };
  }
  const open = user.maxConnections !== 0;
  const works = passwordWorks(user);
  if (!open && !works) return { state: 'effective', detail: 'already shut out', affected: 0 };
  if (!readMemory(await client.get(memoryPath(name))))
    await client.put(memoryPath(name), { value: { maxConnections: user.maxConnections } });
  if (works) await write(client, user, unfitFor(user.hash));
  if (open) await client.put(limitPath(name), { value: 0 });
  const after = await userOf(deps, name);
  if (after && (after.maxConnections !== 0 || passwordWorks(after)))
    return failed('the limit and the password were accepted, but somebody undid them');
  return { state: 'effective', detail: 'no connections allowed, password unusable', affected: 1 };
}

export async function unblock(deps: Deps, name: string): Promise<Acted> {
  guard(deps, name);
  return refusal(admit(deps, name));
}

async function admit(deps: Deps, name: string): Promise<Acted> {
  const { client } = deps;
  const user = await userOf(deps, name);
  if (!user) return failed('the user no longer exists');
  const memory = readMemory(await client.get(memoryPath(name)));
  if (!memory) {
    if (canEnter(user)) return { state: 'effective', detail: 'already let in', affected: 0 };
    return failed(
      `what its limit was is no longer kept at RabbitMQ: clear it by hand (rabbitmqctl clear_user_limits ${name} max-connections) and set its password`,
    );
  }
  const made = madeWith(user.hash);
  if (!passwordWorks(user) && made) await write(client, user, made);
  if (memory.maxConnections === null) await client.remove(limitPath(name));
  else await client.put(limitPath(name), { value: memory.maxConnections });
  const after = await userOf(deps, name);
  if (!after || after.maxConnections !== memory.maxConnections || (user.hash !== '' && !passwordWorks(after)))
    return failed('the limit and the password were accepted, but are not what they were');
  await client.remove(memoryPath(name));
  return { state: 'effective', detail: 'limit and password as they were', affected: 1 };
}

/** Closes every connection until none is listed. With the user still let in, a client that reconnects may win. */
export async function endAll(deps: Deps, name: string): Promise<Acted> {
  guard(deps, name);
  return refusal(closeAll(deps, name));
}

async function closeAll(deps: Deps, name: string): Promise<Acted> {
  const told = new Set<string>();
  let left: ConnectionRow[] = [];
  for (let waited = 0, pause = 20; ; waited += pause, pause = Math.min(pause * 2, 150)) {
    left = await connectionsOf(deps, name);
    for (const row of left) told.add(row.name);
    // By user, not by name: a connection that has not reported yet has no name where names are looked up.
    if (left.length) await deps.client.remove(`/connections/username/${part(name)}`, REASON);
    if (!left.length || waited >= ENDED_WITHIN_MS) break;
    await sleep(pause);
  }
  const detail = `${told.size} ${told.size === 1 ? 'connection' : 'connections'} closed`;
  return left.length
    ? { state: 'accepted', detail: `${detail}, ${left.length} still there`, affected: told.size }
    : { state: 'effective', detail, affected: told.size };
}

/** The connection of this name, if it still is the one meant: names are of ports, and those come again. */
export async function find({ client }: Deps, session: NativeSession): Promise<ConnectionRow | undefined> {
  const name = String(session.native.name);
  const value = await client.get(`/connections/${part(name)}?columns=${COLUMNS}`);
  return readConnections([value]).find((row) => keyOf(row) === session.key && row.user === session.externalIdentityId);
}

export async function endOne(deps: Deps, session: NativeSession): Promise<Acted> {
  guard(deps, session.externalIdentityId);
  return refusal(closeOne(deps, session));
}

async function closeOne(deps: Deps, session: NativeSession): Promise<Acted> {
  const gone: Acted = { state: 'effective', detail: 'the connection had already gone', affected: 0 };
  if (!(await find(deps, session))) return gone;
  if (!(await deps.client.remove(`/connections/${part(String(session.native.name))}`, REASON))) return gone;
  for (let waited = 0; waited < ENDED_WITHIN_MS; waited += 50) {
    if (!(await find(deps, session))) return { state: 'effective', detail: 'connection closed', affected: 1 };
    await sleep(50);
  }
  return { state: 'accepted', detail: 'the connection was told to close and is still there', affected: 1 };
}
