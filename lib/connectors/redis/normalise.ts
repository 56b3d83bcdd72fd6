import type { FoundIdentity, NativeSession } from '@/lib/connectors/model';

/** One line of CLIENT LIST. Unknown fields are left out. */
export interface ClientRow {
  id: string;
  user: string;
  addr: string;
  name: string;
  /** Seconds. */
  age: number;
  idle: number;
  flags: string;
  db: string;
  cmd: string;
  lib: string;
  subscriptions: number;
}

const pairs = (line: string): Map<string, string> =>
  new Map(
    line.split(' ').flatMap((part): [string, string][] => {
      const at = part.indexOf('=');
      return at > 0 ? [[part.slice(0, at), part.slice(at + 1)]] : [];
    }),
  );

const count = (text: string | undefined): number => {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : 0;
};

/** Lines without a numeric id or a user are no clients. */
export function readClients(text: string): ClientRow[] {
  return text.split('\n').flatMap((line) => {
    const fields = pairs(line.trim());
    const id = fields.get('id') ?? '';
    const user = fields.get('user') ?? '';
    if (!/^\d{1,19}$/.test(id) || !user) return [];
    return [
      {
        id,
        user,
        addr: fields.get('addr') ?? '',
        name: fields.get('name') ?? '',
        age: count(fields.get('age')),
        idle: count(fields.get('idle')),
        flags: fields.get('flags') ?? '',
        db: fields.get('db') ?? '',
        cmd: fields.get('cmd') ?? '',
        lib: fields.get('lib-name') ?? '',
        subscriptions: count(fields.get('sub')) + count(fields.get('psub')) + count(fields.get('ssub')),
      },
    ];
  });
}

/** A replication link, either way: no session of a user, and never to be ended. */
export const isLink = (row: ClientRow): boolean => /[SM]/.test(row.flags) || /^sentinel-[0-9a-f]/.test(row.name);

/** Why a client has no need to say anything for long, in words. */
const MODES: [RegExp, string][] = [
  [/O/, 'MONITOR'],
  [/P/, 'subscribed'],
  [/b/, 'blocked'],
  [/x/, 'in MULTI'],
];
const IDLE_S = 5;

export interface NodeFacts {
  name: string;
  runId: string;
  /** master, slave, sentinel */
  role: string;
  mode: string;
  /** Redis, Valkey … and its version. */
  product: string;
  /** Shared by a primary and its replicas. */
  replicationId: string;
  replicas: string[];
  primary: string | null;
  configFile: string;
}

export function readInfo(name: string, text: string): NodeFacts {
  const fields = new Map(
    text.split(/\r?\n/).flatMap((line): [string, string][] => {
      const at = line.indexOf(':');
      return at > 0 && !line.startsWith('#') ? [[line.slice(0, at), line.slice(at + 1)]] : [];
    }),
  );
  const replicas = [...fields].flatMap(([key, value]) => {
    if (!/^slave\d+$/.test(key)) return [];
    const said = new Map(value.split(',').map((part) => part.split('=') as [string, string]));
    return said.get('ip') ? [`${said.get('ip')}:${said.get('port') ?? ''}`] : [];
  });
  const server = fields.get('server_name') === 'valkey' ? 'Valkey' : 'Redis';
  const version = fields.get('valkey_version') ?? fields.get('redis_version') ?? 'of unknown version';
  return {
    name,
    runId: fields.get('run_id') ?? '',
    mode: fields.get('redis_mode') ?? fields.get('server_mode') ?? '',
    role: fields.get('role') ?? (fields.get('redis_mode') === 'sentinel' ? 'sentinel' : ''),
    product: `${server} ${version}`,
    replicationId: fields.get('master_replid') ?? '',
    replicas,
    primary: fields.get('master_host') ? `${fields.get('master_host')}:${fields.get('master_port') ?? ''}` : null,
    configFile: fields.get('config_file') ?? '',
  };
}

/** A line of CLUSTER NODES: `<id> <ip:port@bus[,name]> <flags> …`. Nodes that are being forgotten are left out. */
export function readCluster(text: string): { id: string; at: string }[] {
  return text.split('\n').flatMap((line) => {
    const [id, at, flags] = line.trim().split(' ');
    if (!id || !at || !/^[0-9a-f]{40}$/.test(id) || /noaddr|handshake/.test(flags ?? '')) return [];
    return [{ id, at: at.split('@')[0]! }];
  });
}

/** Nodes the listed ones tell of that are not listed. Replicas are counted by what they replicate: addresses may be translated. */
export function unlisted(nodes: NodeFacts[]): string[] {
  const missing = new Set<string>();
  const groups = new Map<string, NodeFacts[]>();
  for (const node of nodes)
    if (node.replicationId) groups.set(node.replicationId, [...(groups.get(node.replicationId) ?? []), node]);
  const names = new Set(nodes.map((node) => node.name));
  for (const group of groups.values()) {
    const told = group.flatMap((node) => node.replicas);
    const listed = group.filter((node) => node.primary !== null).length;
    if (told.length > listed) {
      const strange = told.filter((at) => !names.has(at));
      for (const at of strange.slice(0, told.length - listed)) missing.add(at);
    }
    if (!group.some((node) => node.primary === null)) {
      const up = group.map((node) => node.primary).find((at) => at && !names.has(at));
      if (up) missing.add(up);
    }
  }
  return [...missing];
}

export interface AclEntry {
  name: string;
  on: boolean;
  nopass: boolean;
  passwords: number;
  commands: string;
  keys: string;
}

/** A line of ACL LIST: `user <name> on|off [nopass|#hash] ~keys &channels +commands`. Hashes are counted, never kept. */
export function readAcl(line: string): AclEntry | null {
  const [word, name, ...rules] = line.trim().split(' ');
  if (word !== 'user' || !name) return null;
  const selector = rules.findIndex((rule) => rule.startsWith('('));
  const own = selector < 0 ? rules : rules.slice(0, selector);
  const of = (pattern: RegExp) => own.filter((rule) => pattern.test(rule)).join(' ');
  return {
    name,
    on: rules.includes('on'),
    nopass: rules.includes('nopass'),
    passwords: rules.filter((rule) => rule.startsWith('#')).length,
    commands: of(/^(?:[+-]|(?:all|no)commands$)/).slice(0, 500),
    keys: of(/^(?:~|%|allkeys$)/).slice(0, 500),
  };
}

/** The same user on several nodes as one identity: enabled where it can still enter anywhere. */
export function toIdentity(found: { node: string; user: AclEntry }[], isProtected: boolean): FoundIdentity {
  const { user } = found[0]!;
  const off = found.filter((one) => !one.user.on).map((one) => one.node);
  const mixed = off.length > 0 && off.length < found.length;
  return {
    externalId: user.name,
    name: user.name.slice(0, 300),
    kind: 'service_account',
    protected: isProtected,
    enabled: off.length < found.length,
    credentials: user.passwords || user.nopass ? [{ externalId: `login:${user.name}`, kind: 'password' }] : [],
    attributes: {
      passwords: user.passwords,
      withoutPassword: found.some((one) => one.user.nopass),
      commands: user.commands,
      keys: user.keys,
      nodes: found.length,
      ...(mixed ? { offOnlyOn: off.join(', ').slice(0, 500) } : {}),
    },
  };
}

const hostOf = (addr: string): string | undefined => {
  const host = addr.slice(0, Math.max(addr.lastIndexOf(':'), 0)).replace(/^\[|\]$/g, '');
  return host && !host.startsWith('/') ? host : undefined;
};

export interface Seen {
  node: NodeFacts;
  /** Milliseconds since the epoch. */
  at: number;
  /** When the client was first computed to have come, so that a start time does not wander with the second it is told in. */
  startedAt: number;
}

export function toSession(row: ClientRow, { node, at, startedAt }: Seen): NativeSession {
  const mode = MODES.find(([flag]) => flag.test(row.flags))?.[1];
  const network = hostOf(row.addr);
  const agent = [row.name, row.lib].filter(Boolean).join(' · ').slice(0, 200);
  const last = Math.max(startedAt, at - row.idle * 1000);
  return {
    key: `${node.runId}:${row.id}`,
    externalIdentityId: row.user,
    kind: 'database',
    label:
      `${row.name || row.lib || row.cmd || 'client'} · ${network ?? 'local socket'}${mode ? ` · ${mode}` : ''}`.slice(
        0,
        200,
      ),
    startedAt: new Date(startedAt).toISOString(),
    lastEventAt: new Date(last).toISOString(),
    idle: row.idle >= IDLE_S && mode === undefined,
    ...(network ? { network } : {}),
    ...(agent ? { agent } : {}),
    credential: `login:${row.user}`,
    native: { node: node.name, runId: node.runId, id: row.id, addr: row.addr, name: row.name, database: row.db },
  };
}
