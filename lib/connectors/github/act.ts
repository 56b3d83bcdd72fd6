import { z } from 'zod';
import type { Acted, Hit } from '@/lib/connectors/contract';
import { refusedBy } from '@/lib/connectors/github/client';
import { type Target, targetOf } from '@/lib/connectors/github/found-normalise';
import { noteKeys } from '@/lib/connectors/github/probe';
import { type Deps, deployKey, installations, rawGrants, standing, tokenOf } from '@/lib/connectors/github/read';
import { BraidError } from '@/lib/platform/errors';
import { objectOf } from '@/lib/sessions/loose-model';

const effective = (detail: string, affected: number): Acted => ({ state: 'effective', detail, affected });
const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });

/** A deploy key that was taken, as it is noted under its external id: what is put back is what was there. */
const takenSchema = z.object({ title: z.string(), key: z.string(), readOnly: z.boolean() });

/** Throws `connector.protected` for the installation Braid itself connects as. */
function meant(deps: Deps, externalId: string): Target | null {
  const target = targetOf(externalId);
  if (target?.kind === 'app' && target.installation === deps.own) {
    throw new BraidError('connector.protected', 'This is the app Braid connects as: it is never ended by Braid.');
  }
  return target;
}

async function suspend(deps: Deps, target: Extract<Target, { kind: 'app' }>, on: boolean): Promise<Acted> {
  const before = await standing(deps, target);
  if (!before.exists) return on ? effective('not installed', 0) : failed('the app is no longer installed');
  if (before.open !== on) return effective(on ? 'already suspended' : 'not suspended', 0);
  const app = deps.client.appOf(before.appId ?? '');
  if (!app) {
    return failed(
      `Only app ${before.appId} itself may suspend its installation: give Braid its private key, or suspend it in the organization’s settings under GitHub Apps.`,
    );
  }
  const route = `${on ? 'PUT' : 'DELETE'} /app/installations/{installation_id}/suspended`;
  const reply = await app.send(route, { installation_id: target.installation });
  if (reply.status !== 204) return failed(refusedBy(route, reply).publicMessage);
  const after = await standing(deps, target);
  if (after.open === on) return { state: 'accepted', detail: 'answered with 204, not yet shown as done', affected: 1 };
  return effective(on ? after.saw : 'unsuspended', 1);
}

async function revokeGrant(deps: Deps, id: number): Promise<Acted> {
  const before = await standing(deps, { kind: 'grant', id });
  if (!before.open) return effective(before.saw, 0);
  await noteKeys(deps, `grant:${id}`, before.makesSshKeys === true);
  const route = 'POST /orgs/{org}/personal-access-tokens';
  const reply = await deps.client.organization.send(route, {
    org: deps.config.organization,
    action: 'revoke',
    pat_ids: [id],
  });
  if (reply.status !== 202) return failed(refusedBy(route, reply).publicMessage);
  return { state: 'accepted', detail: '202: queued by GitHub', affected: 1 };
}

async function removeKey(deps: Deps, externalId: string, at: Extract<Target, { kind: 'deploy_key' }>): Promise<Acted> {
  const key = await deployKey(deps, at);
  if (!key) return effective('no such key', 0);
  const { title, key: text, readOnly } = key;
  await deps.notes.write(externalId, { title, key: text, readOnly });
  const { owner, repo } = at;
  const route = 'DELETE /repos/{owner}/{repo}/keys/{key_id}';
  const reply = await deps.client.organization.send(route, { owner, repo, key_id: key.id });
  if (reply.status !== 204) return failed(refusedBy(route, reply).publicMessage);
  if (await deployKey(deps, at)) return { state: 'accepted', detail: 'answered with 204, still listed', affected: 1 };
  const can = key.readOnly ? 'read-only' : 'read and write';
  return effective(`key removed. It was “${key.title}”, ${can}: ${key.key}`.slice(0, 1_000), 1);
}

async function putKeyBack(deps: Deps, externalId: string, at: Extract<Target, { kind: 'deploy_key' }>): Promise<Acted> {
  if (await deployKey(deps, at)) {
    await deps.notes.remove(externalId);
    return effective('key is there', 0);
  }
  const noted = takenSchema.safeParse(await deps.notes.read(externalId));
  if (!noted.success)
    return failed('The public key is no longer at hand: it stands in the step that removed it. Add it again there.');
  const key = noted.data;
  const { owner, repo } = at;
  const route = 'POST /repos/{owner}/{repo}/keys';
  const reply = await deps.client.organization.send(route, {
    owner,
    repo,
    title: key.title,
    key: key.key,
    read_only: key.readOnly,
  });
  if (reply.status !== 201) return failed(refusedBy(route, reply).publicMessage);
  await deps.notes.remove(externalId);
  return effective('the same key, put back', 1);
}

async function deauthorize(deps: Deps, id: number): Promise<Acted> {
  if (!(await standing(deps, { kind: 'sso', id })).open) return effective('not authorized', 0);
  const route = 'DELETE /orgs/{org}/credential-authorizations/{credential_id}';
  const reply = await deps.client.organization.send(route, { org: deps.config.organization, credential_id: id });
  if (reply.status !== 204 && reply.status !== 404) return failed(refusedBy(route, reply).publicMessage);
  const after = await standing(deps, { kind: 'sso', id });
  return after.open ? { state: 'accepted', detail: 'still listed', affected: 1 } : effective('no longer authorized', 1);
}

/** Asked without authentication, as GitHub wants it; 60 calls an hour from one address. */
async function revokeToken(deps: Deps, hash: string): Promise<Acted> {
  const token = tokenOf(deps, hash);
  if (!token) return failed('Braid holds no such token: paste it into the connector to end it.');
  if (!(await standing(deps, { kind: 'token', hash })).open) return effective('the token is refused', 0);
  const reply = await deps.client.bearer(null).send('POST /credentials/revoke', { credentials: [token] });
  if (reply.status !== 202) return failed(refusedBy('POST /credentials/revoke', reply).publicMessage);
  return { state: 'accepted', detail: '202: queued by GitHub', affected: 1 };
}

export async function block(deps: Deps, externalId: string): Promise<Acted> {
  const target = meant(deps, externalId);
  if (!target) return effective('GitHub has no such identity', 0);
  if (target.kind === 'app') return suspend(deps, target, true);
  if (target.kind === 'grant') return revokeGrant(deps, target.id);
  if (target.kind === 'deploy_key') return removeKey(deps, externalId, target);
  return target.kind === 'sso' ? deauthorize(deps, target.id) : revokeToken(deps, target.hash);
}

/** What can be given back: an installation, and a deploy key. A pause must not take what cannot. */
export async function pause(deps: Deps, externalId: string): Promise<Acted> {
  const target = meant(deps, externalId);
  if (target && target.kind !== 'app' && target.kind !== 'deploy_key') {
    return failed('GitHub can’t give this back, so it is not taken for a pause: only the decision point denies.');
  }
  return block(deps, externalId);
}

export async function restore(deps: Deps, externalId: string): Promise<Acted> {
  const target = meant(deps, externalId);
  if (target?.kind === 'app') return suspend(deps, target, false);
  if (target?.kind === 'deploy_key') return putKeyBack(deps, externalId, target);
  if (target && (await standing(deps, target)).open) return effective('it was not taken', 0);
  return failed('GitHub can’t give this back: its owner grants it, or makes a new one.');
}

/** The block ends what lives: GitHub asks about the credential with every request. Read back, nothing is sent. */
export async function ended(deps: Deps, externalId: string): Promise<Acted> {
  const target = meant(deps, externalId);
  if (!target) return effective('GitHub has no such identity', 0);
  const now = await standing(deps, target);
  return now.open
    ? { state: 'accepted', detail: `${now.saw}: its tokens live until that changes`, affected: 0 }
    : effective(`${now.saw}: nothing of it is served`, 0);
}

/** What else an action would hit. */
export async function predict(deps: Deps, externalId: string): Promise<Hit[]> {
  const target = targetOf(externalId);
  if (target?.kind === 'app') {
    const found = (await installations(deps)).find((one) => one.externalId === externalId);
    const reach = found?.attributes.repositories === 'all' ? 'every repository' : 'the repositories chosen for it';
    return [{ what: `every token of ${found?.name ?? 'the app'}`, why: `One installation serves ${reach} at once.` }];
  }
  if (target?.kind === 'grant') {
    const raw = (await rawGrants(deps)).map(objectOf).find((one) => one.id === target.id);
    const owner = objectOf(raw?.owner).login;
    return owner ? [{ what: `what ${owner} runs with this token`, why: 'A token has no sessions of its own.' }] : [];
  }
  if (target?.kind !== 'deploy_key') return [];
  return [
    { what: `every machine with this key to ${target.owner}/${target.repo}`, why: 'A key can be on many machines.' },
  ];
}
