import { setTimeout as sleep } from 'node:timers/promises';
import type { Probed, Residual } from '@/lib/connectors/contract';
import { mintingRoles, type Target, targetOf } from '@/lib/connectors/google/found-normalise';
import { type Deps, foundOf } from '@/lib/connectors/google/read';
import { residualsWith } from '@/lib/connectors/held-canary';
import { clock } from '@/lib/platform/clock';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

export const BETWEEN_READINGS_MS = 1_000;
const MINUTE = 60_000;

/** When it was disabled: known here, else by the audit log, else now. */
async function since(deps: Deps, externalId: string, target: Target): Promise<number> {
  const known = await deps.since.at(externalId);
  if (known) return known;
  const json = {
    resourceNames: deps.config.projects.map((project) => `projects/${project}`),
    filter: `protoPayload.methodName=~"DisableServiceAccount" AND "${target.kind === 'key' ? target.key : target.email}"`,
    orderBy: 'timestamp desc',
    pageSize: 1,
  };
  const reply = await deps.client.send('logging', 'POST', '/v2/entries:list', { json });
  const at = Date.parse(textOf(objectOf(listOf(objectOf(reply.body).entries, 1)[0]).timestamp, 40) ?? '');
  return reply.status === 200 && !Number.isNaN(at) ? at : deps.since.stands(externalId);
}

/** Roles in the projects by which it could have made tokens of other service accounts. */
async function minting(deps: Deps, email: string): Promise<string[]> {
  const found: string[] = [];
  for (const project of deps.config.projects) {
    const path = `/v3/projects/${project}:getIamPolicy`;
    const reply = await deps.client.send('cloudresourcemanager', 'POST', path, { json: {} });
    if (reply.status === 200) found.push(...mintingRoles(reply.body, email).map((role) => `${role} in ${project}`));
  }
  return found;
}

/** What was made until `from`, ms: its own tokens, and those it may have made of other service accounts. */
export async function tokensLeft(
  deps: Deps,
  email: string,
  { from, what, note }: { from: number; what: string; note: (check: string, saw: string) => void },
): Promise<Residual[]> {
  const until = from + deps.config.tokenMinutes * MINUTE;
  if (until <= clock.ms()) return [];
  const at = new Date(until).toISOString();
  const why = 'An access token can’t be revoked; receivers check it by itself.';
  const roles = await minting(deps, email);
  note('roles to make tokens of others', roles.join(', ').slice(0, 400) || 'none in the projects');
  const others: Residual = {
    what: 'tokens of other service accounts it may have made',
    why: `It could, by ${roles.join(', ').slice(0, 300)}.`,
    until: at,
    gap: 'G8',
  };
  return [{ what, why, until: at, gap: 'G2' }, ...(roles.length ? [others] : [])];
}

/** Disabled or gone in two readings. Tokens made before live to their end, its own and those it made of others. */
export async function probe(deps: Deps, externalId: string): Promise<Probed> {
  const checks: Probed['checks'] = [];
  const note = (check: string, saw: string) => checks.push({ check, saw, at: clock.now().toISOString() });
  const target = targetOf(externalId);
  if (!target) return { result: 'unknown', detail: 'Google Cloud has no such identity', checks, residuals: [] };
  const look = async (check: string) => {
    const found = await foundOf(deps, externalId);
    note(check, found ? (found.enabled ? 'enabled' : 'disabled') : 'not found');
    return found;
  };
  if ((await look('state read'))?.enabled) return { result: 'alive', detail: 'it is enabled', checks, residuals: [] };
  await sleep(BETWEEN_READINGS_MS);
  const second = await look('read again a second later');
  if (second?.enabled) return { result: 'alive', detail: 'it is enabled', checks, residuals: [] };
  const held = await deps.canary.prove(externalId, note);
  if (held?.verdict === 'accepted')
    return { result: 'alive', detail: 'disabled, and its key is still let in', checks, residuals: [] };
  if (held?.verdict === 'unclear')
    return { result: 'unknown', detail: `disabled, but its key can’t be tried: ${held.saw}`, checks, residuals: [] };
  const from = await since(deps, externalId, target);
  const residuals = await tokensLeft(deps, target.email, {
    from,
    what: 'access tokens made before it was disabled',
    note,
  });
  const detail = `${second ? 'disabled' : 'not found'}, read twice${held ? '; its key is refused' : ''}`;
  return { result: 'gone', detail, checks, residuals: residualsWith(residuals, held?.left) };
}
