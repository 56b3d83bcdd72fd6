import type { BlockedSince } from '@/lib/connectors/blocked-since';
import type { Acted, Ending, NativeSession } from '@/lib/connectors/contract';
import { type Client, succeeded, unexpected } from '@/lib/connectors/http/client';
import type { Action, Description } from '@/lib/connectors/http/description-model';
import type { Values } from '@/lib/connectors/http/fill-evaluate';
import { toIdentity, toSession } from '@/lib/connectors/http/found-normalise';
import { holds } from '@/lib/connectors/http/select-evaluate';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

export interface Deps {
  client: Client;
  given: Description;
  /** Since when an identity can't come in. */
  since: BlockedSince;
}

const effective = (detail: string, affected: number): Acted => ({ state: 'effective', detail, affected });
const accepted = (detail: string, affected: number): Acted => ({ state: 'accepted', detail, affected });
const failed = (detail: string): Acted => ({ state: 'failed', detail, affected: 0 });

export function guard({ given }: Deps, id: string): void {
  if (given.protected?.includes(id))
    throw new BraidError('connector.protected', `${id} is protected by the description and never ended by Braid.`);
}

export async function readIdentities({ client, given }: Deps) {
  const found = (await client.list(given.identities!)).flatMap((item) => toIdentity(given, item) ?? []);
  return [...new Map(found.map((one) => [one.externalId, one])).values()];
}

export async function readSessions({ client, given }: Deps): Promise<NativeSession[]> {
  const at = clock.ms();
  const found = (await client.list(given.sessions!)).flatMap((item) => toSession(given, item, at) ?? []);
  return [...new Map(found.map((one) => [one.key, one])).values()];
}

const prefixed = (of: string, values: Values): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${of}.${name}`, value]));

/** What templates about an identity may name; what is kept of it is read where a request needs it. */
export async function valuesOf(deps: Deps, id: string): Promise<Values> {
  const keeps = Object.keys(deps.given.identities?.keep ?? {}).length > 0;
  const found = keeps ? (await readIdentities(deps)).find((one) => one.externalId === id) : undefined;
  return prefixed('identity', { ...found?.attributes, id });
}

export const valuesOfSession = (session: NativeSession): Values =>
  prefixed('session', { ...session.native, key: session.key, identity: session.externalIdentityId });

/** undefined: there is no such identity. */
export async function enabled(deps: Deps, id: string): Promise<boolean | undefined> {
  const state = deps.given.state!;
  const heard = await deps.client.ask(state, await valuesOf(deps, id), [404]);
  if (heard.status === 404) return undefined;
  // An error's body is no state: what it lacks would read as shut.
  if (!succeeded(state, heard)) throw unexpected(state.request, heard.status);
  return holds(heard.body, state.enabled);
}

async function turn(deps: Deps, id: string, action: Action, to: boolean): Promise<Acted> {
  guard(deps, id);
  const words = to ? 'let in again' : 'blocked';
  const before = await enabled(deps, id);
  if (before === undefined) return to ? failed('it no longer exists') : effective('it no longer exists', 0);
  if (before === to) return effective(`was ${words} before`, 0);
  if (!to) await deps.since.forget(id);
  await deps.client.act(action, await valuesOf(deps, id));
  if ((await enabled(deps, id)) !== before) {
    if (to) await deps.since.forget(id);
    else await deps.since.stands(id);
    return effective(`${words}, read back`, 1);
  }
  return deps.given.async
    ? accepted('the system took it and does not show it yet', 1)
    : failed('the system took it, and shows what it showed before');
}

export const block = (deps: Deps, id: string): Promise<Acted> => turn(deps, id, deps.given.block!, false);
export const restore = (deps: Deps, id: string): Promise<Acted> => turn(deps, id, deps.given.restore!, true);

export async function endOne(deps: Deps, session: NativeSession): Promise<Acted> {
  guard(deps, session.externalIdentityId);
  const before = (await readSessions(deps)).find((one) => one.key === session.key);
  if (!before) return effective('the session had already gone', 0);
  // What is kept may have changed since it was listed, such as a version that is checked.
  const done = await deps.client.act(deps.given.terminate!, valuesOfSession(before));
  const left = (await readSessions(deps)).some((one) => one.key === session.key);
  if (left) return accepted('the system took it and still lists the session', 1);
  return effective('session ended', done === 'done' ? 1 : 0);
}

export async function endAll(deps: Deps, id: string): Promise<Acted> {
  guard(deps, id);
  const { given, client } = deps;
  const mine = async () => (await readSessions(deps)).filter((one) => one.externalIdentityId === id);
  const before = given.sessions ? await mine() : [];
  if (given.end) await client.act(given.end, await valuesOf(deps, id));
  else for (const one of before) await client.act(given.terminate!, valuesOfSession(one));
  if (!given.sessions) return accepted('the system took it; it lists no sessions', 0);
  const left = await mine();
  const words = `${before.length - left.length} of ${before.length} ${before.length === 1 ? 'session' : 'sessions'} ended`;
  return left.length
    ? accepted(`${words}, ${left.length} still listed`, before.length)
    : effective(words, before.length);
}

/** Nothing lists derived credentials: what the system took is not seen to be so. */
export async function endDerived(deps: Deps, id: string, ending: Ending): Promise<Acted> {
  guard(deps, id);
  if (ending !== 'revoke' && !deps.given.derived!.anew)
    return effective('left as they are: nobody could give them back', 0);
  const done = await deps.client.act(deps.given.derived!, await valuesOf(deps, id));
  return done === 'already' ? effective('there were none', 0) : accepted('the system took it', 1);
}
