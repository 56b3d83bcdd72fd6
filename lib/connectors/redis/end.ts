import { setTimeout as sleep } from 'node:timers/promises';
import type { Acted, NativeSession } from '@/lib/connectors/contract';
import { isRefusal, type Node } from '@/lib/connectors/redis/client';
import {
  aclFile,
  clientsAs,
  type Fleet,
  factsOf,
  isOn,
  linkUsers,
  type Said,
  saveAcl,
} from '@/lib/connectors/redis/fleet';
import { BraidError } from '@/lib/platform/errors';

export interface Deps {
  fleet: Fleet;
  /** The connector's own user. */
  me: string;
  persist: 'acl' | 'rewrite' | 'no';
}

const ENDED_WITHIN_MS = 1_000;

const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });

/** Throws `connector.protected` for what must live: everybody's default, the connector itself, replication. */
export async function guard({ fleet, me }: Deps, user: string): Promise<void> {
  const why =
    user === 'default'
      ? 'everybody who never logs in is “default”'
      : user === me
        ? 'this connector logs in with it'
        : (await fleet.each(linkUsers)).some((one) => one.value?.includes(user))
          ? 'replicas or Sentinels log in with it'
          : null;
  if (why) throw new BraidError('connector.protected', `${user} is protected: ${why}.`);
}

/**
 * What the nodes did, as one answer. A node that can't be reached does not keep the others from being acted on: the answer
 * is then `accepted`, and the probe, which needs them all, decides.
 */
export function together(said: Said<number>[], done: string, none: string): Acted {
  const refused = said.find((one) => one.error && isRefusal(one.error));
  if (refused) return failed(`${refused.error!.publicMessage} Test the connector for the rule that is missing.`);
  const away = said.filter((one) => one.error);
  if (away.length === said.length) throw away[0]!.error!;
  const affected = Math.min(
    1,
    said.reduce((sum, one) => sum + (one.value ?? 0), 0),
  );
  const nodes = said.length - away.length;
  const where = said.length > 1 ? ` on ${nodes} of ${said.length} nodes` : '';
  const detail = `${affected ? done : none}${where}`;
  if (!away.length) return { state: 'effective', detail, affected };
  const names = away.map((one) => one.node.name).join(', ');
  return { state: 'accepted', detail: `${detail}; no answer from ${names}`.slice(0, 500), affected };
}

/** Writes what is in memory where the node keeps it, as the settings say. What can't be written shows in the probe. */
export async function keep(node: Node, persist: Deps['persist']): Promise<void> {
  if (persist === 'no') return;
  const file = await aclFile(node);
  if (file !== '') await saveAcl(node);
  else if (persist === 'rewrite')
    await node.send('CONFIG', 'REWRITE').catch((error) => {
      if (!isRefusal(error)) throw error;
    });
}

async function turn(deps: Deps, user: string, to: 'on' | 'off'): Promise<Said<number>[]> {
  return deps.fleet.each(async (node) => {
    const before = await isOn(node, user);
    if (before === undefined) return 0; // SETUSER would make it
    if (before !== (to === 'on')) await node.send('ACL', 'SETUSER', user, to);
    // Also where nothing changed: an earlier try may have died between the two.
    await keep(node, deps.persist);
    const after = await isOn(node, user);
    if (after !== undefined && after !== (to === 'on'))
      throw new BraidError('connector.refused', `${node.name}: “${to}” was accepted, but somebody undid it.`);
    return before === (to === 'on') ? 0 : 1;
  });
}

/** ACL SETUSER … off on every node, read back. Open connections go on: `endAll` follows. */
export async function block(deps: Deps, user: string): Promise<Acted> {
  await guard(deps, user);
  return together(await turn(deps, user, 'off'), 'off', 'already off, or no such user');
}

export async function unblock(deps: Deps, user: string): Promise<Acted> {
  await guard(deps, user);
  const known = await deps.fleet.each((node) => isOn(node, user));
  if (known.every((one) => !one.error && one.value === undefined)) return failed('the user no longer exists');
  return together(await turn(deps, user, 'on'), 'on', 'already on');
}

async function killOn(node: Node, user: string): Promise<number> {
  const told = new Set<string>();
  for (let waited = 0, pause = 5; ; waited += pause, pause = Math.min(pause * 2, 100)) {
    const rows = await clientsAs(node, user);
    for (const row of rows) told.add(row.id);
    if (!rows.length) return told.size;
    if (waited >= ENDED_WITHIN_MS) break;
    await node.send('CLIENT', 'KILL', 'USER', user, 'SKIPME', 'no');
    await sleep(pause);
  }
  const left = (await clientsAs(node, user)).length;
  if (left) throw new BraidError('connector.unreachable', `${node.name}: ${left} connections come again and again.`);
  return told.size;
}

/** CLIENT KILL USER on every node until none is listed. With the user still on, a client that reconnects may win. */
export async function endAll(deps: Deps, user: string): Promise<Acted> {
  await guard(deps, user);
  const said = await deps.fleet.each((node) => killOn(node, user));
  const refused = said.find((one) => one.error && isRefusal(one.error));
  if (refused) return failed(refused.error!.publicMessage);
  const ended = said.reduce((sum, one) => sum + (one.value ?? 0), 0);
  const detail = `${ended} ${ended === 1 ? 'connection' : 'connections'} ended`;
  const open = said.filter((one) => one.error);
  if (!open.length) return { state: 'effective', detail, affected: ended };
  const why = open.map((one) => one.error!.publicMessage).join(' ');
  return { state: 'accepted', detail: `${detail}; ${why}`.slice(0, 500), affected: ended };
}

/** Ends one connection if it still is the one meant: ids count up within one run of a node, and the run id decides. */
export async function endOne(deps: Deps, session: NativeSession): Promise<Acted> {
  const { node: name, runId, id } = session.native;
  await guard(deps, session.externalIdentityId);
  const node = deps.fleet.nodes.find((one) => one.name === name);
  if (!node) return failed(`${name} is no longer among the nodes of this connector`);
  const gone: Acted = { state: 'effective', detail: `connection ${id} had already gone`, affected: 0 };
  if ((await factsOf(node)).runId !== runId) return gone;
  try {
    const killed = await node.send(
      'CLIENT',
      'KILL',
      'ID',
      String(id),
      'USER',
      session.externalIdentityId,
      'SKIPME',
      'no',
    );
    return Number(killed) > 0 ? { state: 'effective', detail: `connection ${id} ended`, affected: 1 } : gone;
  } catch (error) {
    if (isRefusal(error)) return /No such user/i.test(error.publicMessage) ? gone : failed(error.publicMessage);
    throw error;
  }
}
