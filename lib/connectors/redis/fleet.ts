import { type Login as Credentials, isRefusal, type Node, nodeOf, type Reply } from '@/lib/connectors/redis/client';
import type { Config } from '@/lib/connectors/redis/manifest';
import {
  type AclEntry,
  type ClientRow,
  isLink,
  type NodeFacts,
  readAcl,
  readClients,
  readCluster,
  readInfo,
  unlisted,
} from '@/lib/connectors/redis/normalise';
import { BraidError } from '@/lib/platform/errors';

/** What one node answered, or why it did not. */
export interface Said<T> {
  node: Node;
  value?: T;
  error?: BraidError;
}

export interface Fleet {
  nodes: Node[];
  /** Asks every node at once; a node that fails does not keep the others from answering. */
  each<T>(ask: (node: Node) => Promise<T>): Promise<Said<T>[]>;
  /** As `each`, where an answer without all of them is none: throws the first error, `connector.unreachable` before others. */
  all<T>(ask: (node: Node) => Promise<T>): Promise<{ node: Node; value: T }[]>;
  close(): void;
}

export function fleetOf(config: Config, login: Credentials): Fleet {
  const nodes = config.nodes.map((name) => nodeOf(name, config, login));
  const each: Fleet['each'] = (ask) =>
    Promise.all(
      nodes.map((node) =>
        ask(node).then(
          (value) => ({ node, value }),
          (error) => {
            if (error instanceof BraidError) return { node, error };
            throw error;
          },
        ),
      ),
    );
  return {
    nodes,
    each,
    async all(ask) {
      const said = await each(ask);
      const errors = said.flatMap((one) => one.error ?? []);
      const error = errors.find((one) => one.code === 'connector.unreachable') ?? errors[0];
      if (error) throw error;
      return said.map((one) => ({ node: one.node, value: one.value! }));
    },
    close: () => {
      for (const node of nodes) node.close();
    },
  };
}

export const text = (reply: Reply): string => (typeof reply === 'string' ? reply : '');
const list = (reply: Reply): Reply[] => (Array.isArray(reply) ? reply : []);

export const factsOf = async (node: Node): Promise<NodeFacts> => {
  const [server, replication] = await Promise.all([node.send('INFO', 'server'), node.send('INFO', 'replication')]);
  return readInfo(node.name, `${text(server)}\n${text(replication)}`);
};

export const usersOf = async (node: Node): Promise<AclEntry[]> =>
  list(await node.send('ACL', 'LIST')).flatMap((line) => readAcl(text(line)) ?? []);

export const clientsOf = async (node: Node): Promise<ClientRow[]> =>
  readClients(text(await node.send('CLIENT', 'LIST')));

/** How a user may log in at one node. */
export interface Login {
  on: boolean;
  nopass: boolean;
  /** Hashes: never to be shown. */
  passwords: string[];
}

/** undefined: there is no such user here. */
export async function loginOf(node: Node, user: string): Promise<Login | undefined> {
  const reply = list(await node.send('ACL', 'GETUSER', user));
  const field = (name: string): string[] => list(reply[reply.indexOf(name) + 1] ?? null).map(text);
  if (!reply.includes('flags')) return undefined;
  const flags = field('flags');
  const passwords = reply.includes('passwords') ? field('passwords').map((one) => one.replace(/^#/, '')) : [];
  return { on: flags.includes('on'), nopass: flags.includes('nopass'), passwords };
}

/** Is this user on here? undefined: there is no such user. */
export const isOn = async (node: Node, user: string): Promise<boolean | undefined> => (await loginOf(node, user))?.on;

/** Clients of this user: replication links, which may use one, are left alone. */
export const clientsAs = async (node: Node, user: string): Promise<ClientRow[]> =>
  (await clientsOf(node)).filter((row) => row.user === user && !isLink(row));

/** Users that replicas and Sentinels log in with: ending them would end replication. */
export async function linkUsers(node: Node): Promise<string[]> {
  const rows = await clientsOf(node);
  const config = await node.send('CONFIG', 'GET', 'masteruser').catch((error) => {
    if (isRefusal(error)) return null;
    throw error;
  });
  return [...rows.filter(isLink).map((row) => row.user), text(list(config)[1] ?? null)].filter(Boolean);
}

/** The ACL file this node keeps its users in; '' where there is none, null where it can't be known (a Sentinel has no CONFIG). */
export async function aclFile(node: Node): Promise<string | null> {
  try {
    return text(list(await node.send('CONFIG', 'GET', 'aclfile'))[1] ?? null);
  } catch (error) {
    if (isRefusal(error)) return null;
    throw error;
  }
}

/** Writes users as they are in memory to the ACL file. false: there is none, or it may not be written. */
export const saveAcl = (node: Node): Promise<boolean> =>
  node.send('ACL', 'SAVE').then(
    () => true,
    (error) => {
      if (isRefusal(error)) return false;
      throw error;
    },
  );

/** Nodes of the deployment that are not listed, as far as the listed ones tell. */
export async function strangers(fleet: Fleet): Promise<string[]> {
  const facts = await fleet.all(factsOf);
  const missing = new Set(unlisted(facts.map((one) => one.value)));
  const clustered = facts.filter((one) => one.value.mode === 'cluster');
  const told = await Promise.all(
    clustered.map(async ({ node }) => ({
      me: text(await node.send('CLUSTER', 'MYID')),
      nodes: readCluster(text(await node.send('CLUSTER', 'NODES'))),
    })),
  );
  const listed = new Set(told.map((one) => one.me));
  for (const { nodes } of told) for (const one of nodes) if (!listed.has(one.id)) missing.add(one.at);
  return [...missing];
}
