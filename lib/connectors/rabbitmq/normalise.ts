import type { FoundIdentity, NativeSession } from '@/lib/connectors/model';

type Json = Record<string, unknown>;
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

export interface Account {
  name: string;
  /** Base64 of salt and digest; '' = no password (certificates only). */
  hash: string;
  algorithm: string;
  tags: string[];
  /** null: no limit. */
  maxConnections: number | null;
}

export function readAccount(value: unknown): Account | null {
  const row = object(value);
  if (!text(row.name)) return null;
  const tags = Array.isArray(row.tags) ? list(row.tags).map(text) : text(row.tags).split(',');
  const limit = object(row.limits)['max-connections'];
  return {
    name: text(row.name),
    hash: text(row.password_hash),
    algorithm: text(row.hashing_algorithm),
    tags: tags.map((tag) => tag.trim()).filter(Boolean),
    maxConnections: typeof limit === 'number' && limit >= 0 ? limit : null,
  };
}

export const readAccounts = (value: unknown): Account[] => list(value).flatMap((row) => readAccount(row) ?? []);

const ALGORITHMS: Record<number, string> = {
  16: 'rabbit_password_hashing_md5',
  32: 'rabbit_password_hashing_sha256',
  64: 'rabbit_password_hashing_sha512',
};
const SALT = 4;

/** How a stored password was hashed, as its length tells: a salt of four bytes, then the digest. null: not one of RabbitMQ's own. */
export const madeWith = (hash: string): string | null => ALGORITHMS[Buffer.from(hash, 'base64').length - SALT] ?? null;

/** No password fits a digest that is compared with another algorithm's: the login is off, and nothing of it is lost. */
export const unfitFor = (hash: string): string =>
  madeWith(hash) === ALGORITHMS[64] ? ALGORITHMS[32]! : ALGORITHMS[64]!;

export const passwordWorks = (user: Account): boolean => {
  if (user.hash === '') return false;
  const made = madeWith(user.hash);
  return made === null || made === user.algorithm;
};

export const canEnter = (user: Account): boolean =>
  user.maxConnections !== 0 || (passwordWorks(user) && user.tags.length > 0);

/** What a user was like before it was blocked, kept at RabbitMQ itself. */
interface Memory {
  maxConnections: number | null;
}

export function readMemory(value: unknown): Memory | null {
  const kept = object(object(value).value);
  if (!('maxConnections' in kept)) return null;
  const limit = kept.maxConnections;
  return { maxConnections: typeof limit === 'number' && Number.isInteger(limit) && limit >= 0 ? limit : null };
}

export interface ConnectionRow {
  name: string;
  user: string;
  /** Milliseconds since the epoch; 0 where it is not told yet. */
  connectedAt: number;
  peer: string;
  vhost: string;
  protocol: string;
  state: string;
  given: string;
  product: string;
  channels: number;
  bytes: number;
  mechanism: string;
}

export const COLUMNS =
  'name,user,connected_at,peer_host,vhost,protocol,state,user_provided_name,client_properties.connection_name,client_properties.product,channels,recv_oct,send_oct,auth_mechanism';

/** A row without a name or user is one that is just being opened or closed. */
export function readConnections(value: unknown): ConnectionRow[] {
  return list(value).flatMap((one) => {
    const row = object(one);
    const [name, user] = [text(row.name), text(row.user)];
    if (!name || !user) return [];
    const properties = object(row.client_properties);
    return [
      {
        name,
        user,
        connectedAt: Math.min(Math.max(0, Math.trunc(number(row.connected_at))), 8.64e15),
        peer: text(row.peer_host),
        vhost: text(row.vhost),
        protocol: typeof row.protocol === 'string' ? row.protocol : list(row.protocol).map(String).join(' '),
        state: text(row.state),
        given: text(row.user_provided_name) || text(properties.connection_name),
        product: text(properties.product),
        channels: number(row.channels),
        bytes: number(row.recv_oct) + number(row.send_oct),
        mechanism: text(row.auth_mechanism),
      },
    ];
  });
}

/** RabbitMQ's own work: shovels and plugins inside the broker. */
export const isInternal = (user: string): boolean => /^(?:none|unknown|rmq-internal|shovel_user|)$/.test(user);

export function toIdentity(user: Account, isProtected: boolean): FoundIdentity {
  const works = passwordWorks(user);
  return {
    externalId: user.name,
    name: user.name.slice(0, 300),
    kind: 'service_account',
    protected: isProtected,
    enabled: canEnter(user),
    ...(user.maxConnections ? { connectionLimit: user.maxConnections } : {}),
    credentials: user.hash === '' ? [] : [{ externalId: `login:${user.name}`, kind: 'password' }],
    attributes: {
      tags: user.tags.join(', ').slice(0, 500),
      ownDatabase: true,
      password: user.hash === '' ? 'none' : works ? 'works' : 'made unusable',
      maxConnections: user.maxConnections,
    },
  };
}

/** A user that only its connections tell of: another backend lets it in. */
export const toOutsider = (name: string): FoundIdentity => ({
  externalId: name,
  name: name.slice(0, 300),
  kind: 'service_account',
  protected: isInternal(name),
  enabled: true,
  seenOnly: true,
  credentials: [],
  attributes: { ownDatabase: false },
});

export const keyOf = (row: ConnectionRow): string => `${row.connectedAt}:${row.name}`;

export interface Seen {
  /** Milliseconds since the epoch. */
  startedAt: number;
  lastAt: number;
  idle: boolean;
}

export function toSession(row: ConnectionRow, seen: Seen): NativeSession {
  const network = /^[0-9a-f.:]{3,45}$/i.test(row.peer) ? row.peer : undefined;
  const agent = [row.given, row.product].filter(Boolean).join(' · ').slice(0, 200);
  const who = row.given || row.product || row.protocol || 'client';
  return {
    key: keyOf(row),
    externalIdentityId: row.user,
    kind: 'job',
    label: `${who} · ${row.vhost || '/'} · ${network ?? 'inside the broker'}`.slice(0, 200),
    startedAt: new Date(seen.startedAt).toISOString(),
    lastEventAt: new Date(Math.max(seen.startedAt, seen.lastAt)).toISOString(),
    idle: seen.idle,
    ...(network ? { network } : {}),
    ...(agent ? { agent } : {}),
    credential: `login:${row.user}`,
    native: {
      name: row.name,
      connectedAt: row.connectedAt,
      vhost: row.vhost,
      protocol: row.protocol,
      channels: row.channels,
      given: row.given,
    },
  };
}

/** What runs on every node; null: not every node tells. Within seconds of its start a node tells of less than all it enabled. */
export function readApplications(value: unknown): string[] | null {
  const nodes = list(value).map((node) => {
    const { applications, enabled_plugins: enabled } = object(node);
    const names = list(applications).map((one) => text(object(one).name));
    return names.length && list(enabled).every((plugin) => names.includes(text(plugin))) ? names : null;
  });
  return nodes.length && nodes.every((names) => names !== null) ? nodes.flat().filter((name) => name !== null) : null;
}

/** Who a URI logs in as; '' where it names nobody. */
export function loginOf(uri: unknown): string {
  try {
    return decodeURIComponent(new URL(text(uri)).username);
  } catch {
    return '';
  }
}

/** Shovels and federation upstreams by the users their URIs log in as. */
export function readLinks(kind: 'shovel' | 'federation upstream', value: unknown): { name: string; users: string[] }[] {
  return list(value).flatMap((one) => {
    const row = object(one);
    const settings = object(row.value);
    const uris = [settings['src-uri'], settings['dest-uri'], settings.uri].flatMap((uri) =>
      Array.isArray(uri) ? uri : [uri],
    );
    const users = uris.map(loginOf).filter(Boolean);
    return text(row.name) && users.length ? [{ name: `${kind} ${text(row.name)} (${text(row.vhost)})`, users }] : [];
  });
}

/** Exclusive queues by virtual host and name. Whose they are, only each queue itself tells. */
export function exclusiveQueues(value: unknown): { vhost: string; name: string }[] {
  return list(value).flatMap((one) => {
    const row = object(one);
    return row.exclusive === true && text(row.name) ? [{ vhost: text(row.vhost), name: text(row.name) }] : [];
  });
}

export const ownerOf = (value: unknown): string => text(object(object(value).owner_pid_details).name);

/** Queues by who consumes from them. */
export const consumedBy = (value: unknown, connections: Set<string>): string[] =>
  list(value).flatMap((one) => {
    const row = object(one);
    return connections.has(text(object(row.channel_details).connection_name)) ? [text(object(row.queue).name)] : [];
  });
