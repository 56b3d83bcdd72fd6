import { setTimeout as sleep } from 'node:timers/promises';
import type { CanarySession, Hit, NativeSession, Probed, Residual } from '@/lib/connectors/contract';
import { explain, type Node, nodeOf } from '@/lib/connectors/redis/client';
import { aclFile, clientsAs, type Fleet, factsOf, isOn, saveAcl, strangers } from '@/lib/connectors/redis/fleet';
import type { Config } from '@/lib/connectors/redis/manifest';
import { clock } from '@/lib/platform/clock';
import type { BraidError } from '@/lib/platform/errors';

/**
 * Redis runs one command at a time: once “off” is read back no login can succeed, and a killed connection is gone when the
 * answer comes. The second reading is for a client that reconnects, which a loop does well within this.
 */
export const BETWEEN_READINGS_MS = 150;

interface Reading {
  node: string;
  on: boolean | undefined;
  clients: number;
}

const readNode =
  (user: string) =>
  async (node: Node): Promise<Reading> => {
    const [on, clients] = await Promise.all([isOn(node, user), clientsAs(node, user)]);
    return { node: node.name, on, clients: clients.length };
  };

const state = (on: boolean | undefined): string => (on === undefined ? 'no such user' : on ? 'on' : 'off');

function words(readings: Reading[]): string {
  const clients = readings.reduce((sum, one) => sum + one.clients, 0);
  const states = [...new Set(readings.map((one) => state(one.on)))].join(' and ');
  const where = readings.length > 1 ? ` on ${readings.length} nodes` : '';
  return `${states}, ${clients} ${clients === 1 ? 'connection' : 'connections'}${where}`;
}

export const check = (what: string, saw: string) => ({
  check: what,
  saw: saw.slice(0, 500),
  at: clock.now().toISOString(),
});

/** Nodes whose users come back as their files say when they start again. */
export async function forgetful({ fleet, persist }: { fleet: Fleet; persist: Config['persist'] }): Promise<string[]> {
  const said = await fleet.all(async (node) => {
    if (persist === 'no') return true;
    const file = await aclFile(node);
    if (file) return false;
    // Saved with the block already; whether it can be is only known by doing it again.
    if (file === null) return !(await saveAcl(node));
    return persist === 'acl' || (await factsOf(node)).configFile === '';
  });
  return said.filter((one) => one.value).map((one) => one.node.name);
}

interface Canary {
  user: string;
  password: string;
  config: Config;
}

/** A login refused for its password or because the user is off answers WRONGPASS. */
export const shut = (error: BraidError): boolean =>
  /WRONGPASS|NOAUTH|invalid username-password/i.test(error.publicMessage);

/** Comes in as the canary on the first node that answers; null: refused. */
export async function enter(canary: Canary): Promise<CanarySession | null> {
  let last: unknown;
  for (const name of canary.config.nodes) {
    const node = nodeOf(name, canary.config, canary, { once: true });
    try {
      const id = await whoAmI(node);
      return {
        alive: async () => (await whoAmI(node).catch(() => null)) === id,
        close: async () => node.close(),
      };
    } catch (error) {
      node.close();
      last = explain(error, name);
      if (shut(last as BraidError)) return null;
    }
  }
  throw last;
}

/** A canary may be allowed next to nothing: a refused command is an answer all the same. */
export async function whoAmI(node: Node): Promise<string> {
  try {
    return String(await node.send('CLIENT', 'ID'));
  } catch (error) {
    const known = explain(error, node.name);
    if (/NOPERM/.test(known.publicMessage)) return 'refused the command, not the connection';
    throw known;
  }
}

export interface Proof {
  fleet: Fleet;
  persist: Config['persist'];
  /** The login held, where this user is the canary. */
  canary: Canary | null;
}

/** Gone = “off” (or dropped) and no connection on every node, read twice; with a held password also: it no longer logs in. */
export async function probeName(proof: Proof, user: string): Promise<Probed> {
  const { fleet, canary } = proof;
  const checks: Probed['checks'] = [];
  const look = async (what: string) => {
    const readings = (await fleet.all(readNode(user))).map((one) => one.value);
    checks.push(check(what, words(readings)));
    return readings;
  };
  const alive = (readings: Reading[]) => readings.some((one) => one.on || one.clients);
  const first = await look('user and connections read on every node');
  if (alive(first)) return { result: 'alive', detail: words(first), checks, residuals: [] };
  const [missing, forgetting, entered] = await Promise.all([
    strangers(fleet),
    forgetful(proof),
    canary?.user === user ? enter(canary) : undefined,
    sleep(BETWEEN_READINGS_MS),
  ]);
  await entered?.close();
  if (entered !== undefined) checks.push(check('login with the held password', entered ? 'let in' : 'refused'));
  if (entered) return { result: 'alive', detail: 'the held password still logs in', checks, residuals: [] };
  const second = await look('read again after a moment');
  if (alive(second)) return { result: 'alive', detail: words(second), checks, residuals: [] };
  checks.push(check('nodes that are not listed', missing.join(', ') || 'none told of'));
  return {
    result: 'gone',
    detail: `${words(second)}, read twice`,
    checks,
    residuals: left(missing, forgetting, IN_MEMORY),
  };
}

const IN_MEMORY =
  'The block is in memory only: no ACL file, or nothing is written to it. A restart lets the user in again.';

export function left(missing: string[], forgetting: string[], inMemory: string): Residual[] {
  const residuals: Residual[] = missing.slice(0, 20).map((node) => ({
    what: `access through ${node}`,
    why: 'A node of this deployment that is not listed in the connector: it has users and connections of its own.',
    until: null,
    gap: 'G7',
  }));
  if (forgetting.length) {
    residuals.push({
      what: `access after a restart of ${forgetting.join(', ')}`.slice(0, 500),
      why: inMemory,
      until: null,
      gap: 'G12',
    });
  }
  return residuals;
}

/** An id never comes back within one run of a node; the second reading tells whether its client simply reconnected. */
export async function probeClient(fleet: Fleet, session: NativeSession): Promise<Probed> {
  const { node: name, runId, id } = session.native;
  const node = fleet.nodes.find((one) => one.name === name);
  if (!node) {
    const detail = `${name} is no longer among the nodes of this connector`;
    return { result: 'unknown', detail, checks: [check('node looked up', 'not listed')], residuals: [] };
  }
  const checks: Probed['checks'] = [];
  const look = async (what: string) => {
    const [facts, rows] = await Promise.all([factsOf(node), clientsAs(node, session.externalIdentityId)]);
    const alive = facts.runId === runId && rows.some((row) => row.id === id);
    const newer = rows.filter((row) => row.id !== id && row.age < 5 && row.name === session.native.name).length;
    const again = newer ? `; ${newer} new of the same name` : '';
    checks.push(check(what, `connection ${id} ${alive ? 'still there' : 'gone'}${again}`));
    return { alive, newer };
  };
  for (const what of ['connection looked up by id and run', 'looked up again after a moment']) {
    const seen = await look(what);
    if (seen.alive) return { result: 'alive', detail: `connection ${id} is still there`, checks, residuals: [] };
    if (checks.length === 1) await sleep(BETWEEN_READINGS_MS);
    else if (seen.newer) {
      const detail = `gone; its client connected anew (${seen.newer}): pause or revoke the identity to keep it out`;
      return { result: 'gone', detail, checks, residuals: [] };
    }
  }
  return { result: 'gone', detail: 'gone, looked up twice', checks, residuals: [] };
}

/** Everybody who shares this user: applications by name and address. */
export async function predict(fleet: Fleet, user: string): Promise<Hit[]> {
  const said = await fleet.all((node) => clientsAs(node, user));
  const groups = new Map<string, number>();
  for (const row of said.flatMap((one) => one.value)) {
    const key = `${row.name || row.lib || 'unnamed client'} from ${row.addr.replace(/:\d+$/, '') || 'a local socket'}`;
    groups.set(key, (groups.get(key) ?? 0) + 1);
  }
  const hits: Hit[] =
    groups.size > 1
      ? [...groups].slice(0, 50).map(([what, sessions]) => ({
          what,
          why: 'One of several clients that share this user: all of them end.',
          sessions,
        }))
      : [];
  for (const node of await strangers(fleet))
    hits.push({ what: node, why: 'Not listed in the connector: what runs there is neither seen nor ended.' });
  return hits;
}
