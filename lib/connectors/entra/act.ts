import { z } from 'zod';
import type { Acted, Ending, FoundIdentity, Hit } from '@/lib/connectors/contract';
import { codeOf, refusedBy } from '@/lib/connectors/entra/client';
import { targetOf } from '@/lib/connectors/entra/found-normalise';
import { companionsOf, type Deps, foundOf, rawPrincipal, registrationOf } from '@/lib/connectors/entra/read';
import { BraidError } from '@/lib/platform/errors';
import type { RestReply } from '@/lib/platform/rest';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

const effective = (detail: string, affected: number): Acted => ({
  state: 'effective',
  detail: detail.slice(0, 500),
  affected,
});
const accepted = (detail: string, affected: number): Acted => ({
  state: 'accepted',
  detail: detail.slice(0, 500),
  affected,
});
const failed = (detail: string): Acted => ({ state: 'failed', detail: detail.slice(0, 500), affected: 0 });

/** Accounts that were disabled with an agent identity, as they are noted: what is given back is what was taken. */
const takenSchema = z.array(z.string()).catch([]);
const keyOf = (externalId: string): string => `companions:${externalId}`;
/** That Braid told ID Protection: a restore takes back Braid’s own word and nobody else’s. */
const confirmedKey = (externalId: string): string => `confirmed:${externalId}`;
const takenWith = async ({ notes }: Deps, externalId: string): Promise<string[]> =>
  takenSchema.parse(await notes.read(keyOf(externalId)));

/** Throws `connector.protected` for the app Braid itself connects as. */
export async function meant(deps: Deps, externalId: string): Promise<FoundIdentity | null> {
  const found = await foundOf(deps, externalId);
  if (found?.protected)
    throw new BraidError('connector.protected', 'This is the app Braid connects as: it is never ended by Braid.');
  return found;
}

const pathOf = (externalId: string): string => {
  const target = targetOf(externalId)!;
  return `/v1.0/${target.kind === 'user' ? 'users' : 'servicePrincipals'}/${target.id}`;
};

async function turn(deps: Deps, found: FoundIdentity, on: boolean): Promise<Acted> {
  if (found.enabled === on) return effective(on ? 'already enabled' : 'already disabled', 0);
  const path = pathOf(found.externalId);
  if (!on) await deps.since.forget(found.externalId);
  const reply = await deps.client.send('PATCH', path, { json: { accountEnabled: on } });
  if (reply.status >= 300) return failed(refusedBy(`PATCH ${path}`, reply).publicMessage);
  const after = await foundOf(deps, found.externalId);
  if (after?.enabled === on) {
    if (on) await deps.since.forget(found.externalId);
    else await deps.since.stands(found.externalId);
    return effective(on ? 'enabled' : 'disabled: no new token', 1);
  }
  return accepted('taken, not yet shown as done', 1);
}

export async function block(deps: Deps, externalId: string): Promise<Acted> {
  const found = await meant(deps, externalId);
  return found ? turn(deps, found, false) : effective('Entra has no such identity', 0);
}

export async function restore(deps: Deps, externalId: string): Promise<Acted> {
  const found = await meant(deps, externalId);
  if (!found) return failed('Entra no longer has it: look among its deleted items, within 30 days of the deletion.');
  const done = await turn(deps, found, true);
  if (done.state === 'failed') return done;
  const more: string[] = [];
  for (const id of await takenWith(deps, externalId)) {
    const companion = await foundOf(deps, id);
    if (!companion) continue;
    const back = await turn(deps, companion, true);
    if (back.state === 'failed') return failed(`${done.detail}; ${companion.name}: ${back.detail}`);
    more.push(`${companion.name}: ${back.detail}`);
  }
  await deps.notes.remove(keyOf(externalId));
  if ((await deps.notes.read(confirmedKey(externalId))) !== null) {
    const { ok, words } = await judge(deps, externalId, 'dismiss');
    if (ok) await deps.notes.remove(confirmedKey(externalId));
    more.push(words);
  }
  return { ...done, detail: [done.detail, ...more].join('; ').slice(0, 500) };
}

/** Nothing of a workload can be ended by itself: a token lives until somebody asks again. Of an account everything can be. */
export async function endSessions(deps: Deps, externalId: string): Promise<Acted> {
  const found = await meant(deps, externalId);
  if (!found) return effective('Entra has no such identity', 0);
  if (!externalId.startsWith('user:')) {
    return effective('Entra has no sessions of workloads to end: tokens issued before live to their end', 0);
  }
  const reply = await deps.client.send('POST', `${pathOf(externalId)}/revokeSignInSessions`);
  return reply.status < 300
    ? accepted('refresh tokens and sessions revoked', 1)
    : failed(refusedBy('revokeSignInSessions', reply).publicMessage);
}

/** ID Protection’s word on a workload. Words for the step; never more than what was answered. */
async function judge(
  deps: Deps,
  externalId: string,
  verdict: 'confirmCompromised' | 'dismiss',
): Promise<{ ok: boolean; words: string }> {
  const path = `/v1.0/identityProtection/riskyServicePrincipals/${verdict}`;
  const reply = await deps.client.send('POST', path, { json: { servicePrincipalIds: [externalId] } });
  if (reply.status < 300)
    return { ok: true, words: verdict === 'dismiss' ? 'risk dismissed' : 'confirmed as compromised' };
  const license =
    reply.status === 403 ? ' Needs Workload ID Premium and IdentityRiskyServicePrincipal.ReadWrite.All.' : '';
  return { ok: false, words: `${verdict}: ${reply.status} ${codeOf(reply)}.${license}` };
}

const refused = (reply: RestReply): boolean => reply.status >= 300 && reply.status !== 404;

async function removeConsents(deps: Deps, id: string): Promise<{ removed: number; failures: string[] }> {
  const failures: string[] = [];
  let removed = 0;
  for (const grant of await deps.client.all(`/v1.0/servicePrincipals/${id}/oauth2PermissionGrants`)) {
    const reply = await deps.client.send('DELETE', `/v1.0/oauth2PermissionGrants/${objectOf(grant).id}`);
    if (refused(reply)) failures.push(refusedBy('DELETE oauth2PermissionGrants', reply).publicMessage);
    else removed++;
  }
  return { removed, failures };
}

export interface Removed {
  /** Ids of the secrets and keys. */
  ids: string[];
  failures: string[];
}

const keyIdOf = (credential: unknown): string => textOf(objectOf(credential).keyId, 36)?.toLowerCase() ?? '';

/**
 * Secrets and keys of the service principal and of its registration, but for `keep`. A key of a registration goes by writing
 * those that stay: none.
 */
export async function removeSecrets(deps: Deps, id: string, keep?: string): Promise<Removed> {
  const principal = await rawPrincipal(deps, id);
  const registration = principal ? await registrationOf(deps, principal) : {};
  const failures: string[] = [];
  const ids: string[] = [];
  const holders: [Record<string, unknown>, string][] = [
    [principal ?? {}, `/v1.0/servicePrincipals/${id}`],
    [registration, `/v1.0/applications/${registration.id}`],
  ];
  for (const [holder, path] of holders) {
    for (const secret of listOf(holder.passwordCredentials, 100)) {
      if (keep && keyIdOf(secret) === keep) continue;
      const reply = await deps.client.send('POST', `${path}/removePassword`, {
        json: { keyId: objectOf(secret).keyId },
      });
      if (refused(reply)) failures.push(refusedBy('removePassword', reply).publicMessage);
      else ids.push(keyIdOf(secret));
    }
    const keys = listOf(holder.keyCredentials, 100);
    if (keys.length === 0) continue;
    const reply = await deps.client.send('PATCH', path, { json: { keyCredentials: [] } });
    if (refused(reply)) failures.push(refusedBy(`PATCH ${path}`, reply).publicMessage);
    else ids.push(...keys.map(keyIdOf));
  }
  return { ids: [...new Set(ids)], failures };
}

/** Accounts made with an agent identity are disabled with it, and given back with it. */
async function disableCompanions(deps: Deps, externalId: string) {
  const told: string[] = [];
  const failures: string[] = [];
  let affected = 0;
  for (const companion of await companionsOf(deps, externalId)) {
    const before = await takenWith(deps, externalId);
    if (companion.enabled && !before.includes(companion.externalId))
      await deps.notes.write(keyOf(externalId), [...before, companion.externalId]);
    const done = await turn(deps, companion, false);
    if (done.state === 'failed') failures.push(done.detail);
    affected += done.affected;
    told.push(`account ${companion.name}: ${done.detail}`);
  }
  return { told, failures, affected };
}

/** What the settings remove, for good. */
async function remove(deps: Deps, externalId: string) {
  const { removes } = deps.config;
  if (removes === 'nothing') return { told: [], failures: [], affected: 0 };
  const consents = await removeConsents(deps, externalId);
  const told = [`${consents.removed} consents removed`];
  if (removes === 'consents') return { told, failures: consents.failures, affected: consents.removed };
  const secrets = await removeSecrets(deps, externalId);
  return {
    told: [...told, `${secrets.ids.length} secrets and keys removed`],
    failures: [...consents.failures, ...secrets.failures],
    affected: consents.removed + secrets.ids.length,
  };
}

async function confirm(deps: Deps, externalId: string): Promise<string[]> {
  if (!deps.config.confirmCompromised) return [];
  const before = (await deps.notes.read(confirmedKey(externalId))) !== null;
  await deps.notes.write(confirmedKey(externalId), true);
  const { ok, words } = await judge(deps, externalId, 'confirmCompromised');
  if (!ok && !before) await deps.notes.remove(confirmedKey(externalId));
  return [words];
}

/** What a restore can’t give back, and Braid’s word that it is compromised, are for a revocation alone. */
export async function endDerived(deps: Deps, externalId: string, ending: Ending): Promise<Acted> {
  const found = await meant(deps, externalId);
  if (!found || externalId.startsWith('user:')) return effective('nothing derived from it is left', 0);
  if (ending === 'rotate') return effective('its secret was changed: its accounts and consents stay', 0);
  const companions = await disableCompanions(deps, externalId);
  const removed = ending === 'revoke' ? await remove(deps, externalId) : { told: [], failures: [], affected: 0 };
  const confirmed = ending === 'revoke' ? await confirm(deps, externalId) : [];
  const failures = [...companions.failures, ...removed.failures];
  if (failures.length) return failed(failures.join(' '));
  const told = [...companions.told, ...removed.told, ...confirmed].join('; ');
  return effective(told || 'nothing derived from it was found', companions.affected + removed.affected);
}

export async function predict(deps: Deps, externalId: string): Promise<Hit[]> {
  if (externalId.startsWith('user:')) return [];
  const companions = (await companionsOf(deps, externalId)).filter((one) => one.enabled);
  const grants = await deps.client.all(`/v1.0/servicePrincipals/${externalId}/oauth2PermissionGrants`);
  const hits: Hit[] = companions.map((one) => ({
    what: `account ${one.name}`,
    why: 'It was made with the agent identity and is disabled with it.',
    externalId: one.externalId,
  }));
  if (grants.length > 0) {
    const all = grants.some((grant) => objectOf(grant).consentType === 'AllPrincipals');
    hits.push({
      what: all ? 'everybody who signs in through it' : `${grants.length} people who consented to it`,
      why: 'Nobody signs in through a disabled application.',
    });
  }
  return hits;
}
