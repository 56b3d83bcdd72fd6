import type { Acted, FoundIdentity, Hit } from '@/lib/connectors/contract';
import { refusedBy } from '@/lib/connectors/google/client';
import { impersonators, keyFound, targetOf } from '@/lib/connectors/google/found-normalise';
import { type Deps, foundOf, keysOf, nameOf } from '@/lib/connectors/google/read';
import { BraidError } from '@/lib/platform/errors';

const effective = (detail: string, affected: number): Acted => ({ state: 'effective', detail, affected });
const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });

/** Throws `connector.protected` for Braid’s own service account, its keys, and Google’s service agents. */
export async function meant(deps: Deps, externalId: string): Promise<FoundIdentity | null> {
  const found = await foundOf(deps, externalId);
  if (found?.protected) {
    throw new BraidError(
      'connector.protected',
      `${found.name} is protected: Braid’s own access and Google’s service agents are never ended.`,
    );
  }
  return found;
}

/** A key is switched by itself, whether or not its service account is. */
async function isOn(deps: Deps, externalId: string): Promise<boolean | null> {
  const target = targetOf(externalId);
  if (!target) return null;
  const reply = await deps.client.send('iam', 'GET', nameOf(target));
  if (reply.status === 404) return null;
  if (reply.status !== 200) throw refusedBy(`GET ${nameOf(target)}`, reply);
  return (reply.body as { disabled?: boolean }).disabled !== true;
}

/** Enables or disables a service account or a key, read back. */
export async function turn(deps: Deps, externalId: string, on: boolean): Promise<Acted> {
  const before = await isOn(deps, externalId);
  if (before === null)
    return on ? failed('Google Cloud no longer has it') : effective('Google Cloud has no such identity', 0);
  if (before === on) return effective(on ? 'already enabled' : 'already disabled', 0);
  const path = `${nameOf(targetOf(externalId)!)}:${on ? 'enable' : 'disable'}`;
  if (!on) await deps.since.forget(externalId);
  const reply = await deps.client.send('iam', 'POST', path, { json: {} });
  if (reply.status !== 200) return failed(refusedBy(`POST ${path}`, reply).publicMessage);
  const after = await isOn(deps, externalId);
  if (after !== on) return { state: 'accepted', detail: 'taken, not yet shown as done', affected: 1 };
  if (on) await deps.since.forget(externalId);
  else await deps.since.stands(externalId);
  return effective(on ? 'enabled' : 'disabled: no new token, within minutes everywhere', 1);
}

export async function block(deps: Deps, externalId: string): Promise<Acted> {
  await meant(deps, externalId);
  return turn(deps, externalId, false);
}

export async function restore(deps: Deps, externalId: string): Promise<Acted> {
  await meant(deps, externalId);
  return turn(deps, externalId, true);
}

/** There is nothing to end: an access token can’t be revoked, and lives to its end. */
export async function endSessions(deps: Deps, externalId: string): Promise<Acted> {
  await meant(deps, externalId);
  return effective('Google has no sessions of service accounts to end: tokens made before live to their end', 0);
}

/** Everybody who acts as a service account loses that with it. */
export async function predict(deps: Deps, externalId: string): Promise<Hit[]> {
  const target = targetOf(externalId);
  if (target?.kind !== 'account') return [];
  const path = `${nameOf(target)}:getIamPolicy`;
  const reply = await deps.client.send('iam', 'POST', path);
  if (reply.status !== 200) throw refusedBy(`POST ${path}`, reply);
  const who = impersonators(reply.body)
    .slice(0, 100)
    .map(({ member, role }) => ({
      what: member,
      why: `It acts as this service account, by ${role}.`,
      ...(member.startsWith('serviceAccount:') ? { externalId: member.slice('serviceAccount:'.length) } : {}),
    }));
  const account = await foundOf(deps, externalId);
  if (!account) return who;
  const keys = (await keysOf(deps, target.email)).flatMap((raw) => keyFound(raw, account) ?? []);
  const why = 'It is a key of this service account, and opens nothing while that is disabled.';
  return [...who, ...keys.slice(0, 100).map((key) => ({ what: `key ${key.name}`, why, externalId: key.externalId }))];
}
