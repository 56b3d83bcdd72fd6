import { z } from 'zod';
import type { Acted, Hit, NativeSession } from '@/lib/connectors/contract';
import { refusedBy } from '@/lib/connectors/okta/client';
import { type Target, targetOf } from '@/lib/connectors/okta/found-normalise';
import { type Deps, foundOf, PATHS, rawOf, tokensOf } from '@/lib/connectors/okta/read';
import { BraidError } from '@/lib/platform/errors';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

const effective = (detail: string, affected: number): Acted => ({ state: 'effective', detail, affected });
const accepted = (detail: string, affected: number): Acted => ({ state: 'accepted', detail, affected });
const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });

/** Throws `connector.protected` for the service app Braid itself connects as. */
export async function meant(deps: Deps, externalId: string) {
  const target = targetOf(externalId);
  const found = target && (await foundOf(deps, target));
  if (found?.protected) {
    throw new BraidError('connector.protected', 'This is the app Braid connects as: it is never ended by Braid.');
  }
  return { target, found };
}

const SWITCHES: Record<Exclude<Target['kind'], 'token'>, [off: string, on: string]> = {
  app: ['lifecycle/deactivate', 'lifecycle/activate'],
  agent: ['lifecycle/deactivate', 'lifecycle/activate'],
  user: ['lifecycle/suspend', 'lifecycle/unsuspend'],
};

/** Switches one object off or on, and reads back how it stands. 202 is a queue's word. */
async function turn(deps: Deps, target: Target & { kind: 'app' | 'agent' | 'user' }, on: boolean): Promise<Acted> {
  const before = await foundOf(deps, target);
  if (!before) return on ? failed('Okta no longer has it') : effective('Okta no longer has it', 0);
  if (before.enabled === on) return effective(on ? 'already active' : 'already inactive', 0);
  const path = `${PATHS[target.kind]}/${target.id}/${SWITCHES[target.kind][on ? 1 : 0]}`;
  const reply = await deps.client.send('POST', path);
  if (reply.status >= 300) return failed(refusedBy(`POST ${path}`, reply).publicMessage);
  const after = await foundOf(deps, target);
  if (after?.enabled === on) return effective(on ? 'active again' : 'inactive', 1);
  return accepted(`answered with ${reply.status}, not yet shown as done`, 1);
}

const least = (one: Acted, other: Acted): Acted => {
  const order = ['failed', 'accepted', 'effective'];
  const state = order[Math.min(order.indexOf(one.state), order.indexOf(other.state))] as Acted['state'];
  return {
    state,
    detail: `${one.detail}; its app: ${other.detail}`.slice(0, 500),
    affected: Math.max(one.affected, other.affected),
  };
};

type Agent = Target & { kind: 'agent' };

/** Which of an agent's two parts were switched off, as it is noted: one that was off before stays off. */
const partsSchema = z.object({ record: z.boolean(), app: z.boolean() });
const keyOf = ({ id }: Agent): string => `parts:${id}`;

/** An agent is two things: its record, and the app it authenticates as. Each is switched by itself. */
async function blockAgent(deps: Deps, target: Agent): Promise<Acted> {
  const id = await agentApp(deps, target);
  const app = id ? ({ kind: 'app', id } as const) : null;
  const on = async (one: Target) => (await foundOf(deps, one))?.enabled === true;
  const now = { record: await on(target), app: app !== null && (await on(app)) };
  const before = partsSchema.safeParse(await deps.notes.read(keyOf(target))).data;
  if (now.record || now.app)
    await deps.notes.write(keyOf(target), {
      record: now.record || before?.record === true,
      app: now.app || before?.app === true,
    });
  const record = await turn(deps, target, false);
  return app ? least(record, await turn(deps, app, false)) : record;
}

async function restoreAgent(deps: Deps, target: Agent): Promise<Acted> {
  const app = await agentApp(deps, target);
  const taken = partsSchema.safeParse(await deps.notes.read(keyOf(target))).data ?? { record: true, app: true };
  const record = taken.record ? await turn(deps, target, true) : effective('it was not taken', 0);
  const done = app && taken.app ? least(record, await turn(deps, { kind: 'app', id: app }, true)) : record;
  if (done.state === 'effective') await deps.notes.remove(keyOf(target));
  return done;
}

async function agentApp(deps: Deps, target: Target): Promise<string | null> {
  return textOf((await rawOf(deps, target))?.appId, 100);
}

async function revokeToken(deps: Deps, id: string): Promise<Acted> {
  const reply = await deps.client.send('DELETE', `${PATHS.token}/${id}`);
  if (reply.status === 404) return effective('Okta has no such API token', 0);
  if (reply.status !== 204) return failed(refusedBy('DELETE api-tokens', reply).publicMessage);
  const left = await rawOf(deps, { kind: 'token', id });
  return left ? accepted('answered with 204, still listed', 1) : effective('revoked', 1);
}

export async function block(deps: Deps, externalId: string): Promise<Acted> {
  const { target } = await meant(deps, externalId);
  if (!target) return effective('Okta has no such identity', 0);
  if (target.kind === 'token') return revokeToken(deps, target.id);
  if (target.kind === 'agent') return blockAgent(deps, { kind: 'agent', id: target.id });
  return turn(deps, { kind: target.kind, id: target.id }, false);
}

/** An API token can’t be given back, so a pause does not take it. */
export async function pause(deps: Deps, externalId: string): Promise<Acted> {
  if (targetOf(externalId)?.kind === 'token') {
    return failed('Okta can’t give an API token back, so it is not taken for a pause: only the decision point denies.');
  }
  return block(deps, externalId);
}

export async function restore(deps: Deps, externalId: string): Promise<Acted> {
  const { target, found } = await meant(deps, externalId);
  if (!target) return failed('Okta has no such identity');
  if (target.kind === 'token') {
    return found
      ? effective('it was not taken', 0)
      : failed('A revoked API token can’t be given back: its owner makes a new one.');
  }
  if (target.kind === 'agent') return restoreAgent(deps, { kind: 'agent', id: target.id });
  return turn(deps, { kind: target.kind, id: target.id }, true);
}

/** Ends one refresh token. */
export async function endOne(deps: Deps, session: NativeSession): Promise<Acted> {
  await meant(deps, session.externalIdentityId);
  const { app, token } = session.native;
  const reply = await deps.client.send('DELETE', `${PATHS.app}/${app}/tokens/${token}`);
  if (reply.status === 404) return effective('it had already gone', 0);
  return reply.status === 204
    ? effective('refresh token revoked', 1)
    : failed(refusedBy('DELETE tokens', reply).publicMessage);
}

/** Refresh tokens of the app at the org’s own server and at every custom one. */
async function endAppTokens(deps: Deps, app: string): Promise<Acted> {
  const held = await tokensOf(deps, app);
  const failures: string[] = [];
  const drop = async (path: string) => {
    const reply = await deps.client.send('DELETE', path);
    if (reply.status !== 204 && reply.status !== 404) failures.push(refusedBy(`DELETE ${path}`, reply).publicMessage);
  };
  await drop(`${PATHS.app}/${app}/tokens`);
  if (deps.client.granted.has('okta.authorizationServers.manage')) {
    const raw = await rawOf(deps, { kind: 'app', id: app });
    const client = textOf(objectOf(objectOf(raw?.credentials).oauthClient).client_id, 100) ?? app;
    for (const server of await deps.client.all('/api/v1/authorizationServers', { query: { limit: 200 } })) {
      await drop(`/api/v1/authorizationServers/${objectOf(server).id}/clients/${client}/tokens`);
    }
  }
  if (failures.length) return failed(failures.join(' '));
  const left = (await tokensOf(deps, app)).length;
  return left
    ? accepted(`${left} refresh tokens still listed`, held.length - left)
    : effective(`${held.length} refresh tokens revoked`, held.length);
}

export async function endSessions(deps: Deps, externalId: string): Promise<Acted> {
  const { target, found } = await meant(deps, externalId);
  if (!target || !found) return effective('nothing of it is left', 0);
  if (target.kind === 'app') return endAppTokens(deps, target.id);
  if (target.kind === 'agent') {
    const app = await agentApp(deps, target);
    return app ? endAppTokens(deps, app) : effective('the agent has no app of its own', 0);
  }
  if (target.kind === 'token') return effective('an API token has no sessions: it is asked about with every call', 0);
  const reply = await deps.client.send('DELETE', `${PATHS.user}/${target.id}/sessions`, {
    query: { oauthTokens: true },
  });
  return reply.status === 204
    ? accepted('sessions and tokens revoked: 204. Okta has no list of them to look at', 1)
    : failed(refusedBy('DELETE sessions', reply).publicMessage);
}

/** Universal Logout of an account; for an app nothing is left once its refresh tokens are. */
export async function endDerived(deps: Deps, externalId: string): Promise<Acted> {
  const { target } = await meant(deps, externalId);
  if (target?.kind !== 'user') return endSessions(deps, externalId);
  const json = { sub_id: { format: 'opaque', id: target.id } };
  const reply = await deps.client.send('POST', '/oauth2/v1/global-token-revocation', { json });
  return reply.status === 204
    ? accepted('Universal Logout started: it reaches the apps that support it', 1)
    : failed(refusedBy('Universal Logout', reply).publicMessage);
}

export async function predict(deps: Deps, externalId: string): Promise<Hit[]> {
  const target = targetOf(externalId);
  if (target?.kind === 'app') {
    const held = await tokensOf(deps, target.id);
    const accounts = new Set(held.map((session) => session.label));
    return held.length
      ? [
          {
            what: `${accounts.size} accounts signed in through it`,
            why: 'An app is ended for everybody at once.',
            sessions: held.length,
          },
        ]
      : [];
  }
  if (target?.kind === 'agent') {
    const app = await agentApp(deps, target);
    return app
      ? [
          {
            what: 'the app the agent authenticates as',
            why: 'It is deactivated with the agent.',
            externalId: `app:${app}`,
          },
        ]
      : [];
  }
  if (target?.kind !== 'user') return [];
  const tokens = (await deps.client.all(PATHS.token)).map(objectOf).filter((token) => token.userId === target.id);
  return tokens.map((token) => ({
    what: `API token ${token.name}`,
    why: 'It works only while its account does.',
    externalId: `token:${token.id}`,
  }));
}
