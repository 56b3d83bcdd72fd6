import type { BlockedSince } from '@/lib/connectors/blocked-since';
import type { FoundIdentity, Notes } from '@/lib/connectors/contract';
import { type Client, refusedBy } from '@/lib/connectors/entra/client';
import { companionFound, principalFound, targetOf } from '@/lib/connectors/entra/found-normalise';
import type { Config } from '@/lib/connectors/entra/manifest';
import type { HeldCanary } from '@/lib/connectors/held-canary';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

export interface Reads {
  client: Client;
  config: Config;
}

export interface Deps extends Reads {
  notes: Notes;
  since: BlockedSince;
  canary: HeldCanary;
}

export const SELECT =
  'id,appId,displayName,description,notes,accountEnabled,servicePrincipalType,appOwnerOrganizationId,passwordCredentials,keyCredentials,disabledByMicrosoftStatus';
const APP_SELECT = 'id,appId,passwordCredentials,keyCredentials';
const USER_SELECT = 'id,displayName,userPrincipalName,accountEnabled,identityParentId';
/** Filters on what is not indexed are answered only when the caller says it can wait (an advanced query). */
const ADVANCED = { headers: { consistencylevel: 'eventual' } };

/** One service principal as Graph has it. null: there is none. */
export async function rawPrincipal({ client }: Reads, id: string): Promise<Record<string, unknown> | null> {
  const reply = await client.send('GET', `/v1.0/servicePrincipals/${id}`, { query: { $select: SELECT } });
  if (reply.status === 404) return null;
  if (reply.status !== 200) throw refusedBy('GET servicePrincipals', reply);
  return objectOf(reply.body);
}

async function rawUser({ client }: Deps, id: string): Promise<Record<string, unknown> | null> {
  const reply = await client.send('GET', `/v1.0/users/${id}`, { query: { $select: USER_SELECT } });
  if (reply.status === 404) return null;
  if (reply.status !== 200) throw refusedBy('GET users', reply);
  return objectOf(reply.body);
}

/** The application registration behind a service principal, where it is the tenant’s own. */
export async function registrationOf(
  { client, config }: Deps,
  principal: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  const app = textOf(principal.appId, 36);
  if (!app || textOf(principal.appOwnerOrganizationId, 36)?.toLowerCase() !== config.tenantId) return {};
  const reply = await client.send('GET', `/v1.0/applications(appId='${app}')`, { query: { $select: APP_SELECT } });
  return reply.status === 200 ? objectOf(reply.body) : {};
}

export async function foundOf(deps: Deps, externalId: string): Promise<FoundIdentity | null> {
  const target = targetOf(externalId);
  if (!target) return null;
  if (target.kind === 'user') {
    const raw = await rawUser(deps, target.id);
    return raw && companionFound(raw);
  }
  const raw = await rawPrincipal(deps, target.id);
  return raw && principalFound(raw, deps.config.clientId, await registrationOf(deps, raw));
}

/** Accounts that were made with an agent identity. */
export async function companionsOf({ client }: Deps, id: string): Promise<FoundIdentity[]> {
  const query = { $filter: `identityParentId eq '${id}'`, $select: USER_SELECT, $count: true };
  const raw = await client.all('/v1.0/users', { query, ...ADVANCED });
  return raw.map(companionFound).filter((one) => one !== null);
}

/** Every service principal that is not Microsoft’s own, with its credentials, and the accounts of agent identities. */
export async function everything(deps: Deps, before: string[]): Promise<FoundIdentity[]> {
  const { client, config } = deps;
  const [principals, applications] = [
    await client.all('/v1.0/servicePrincipals', { query: { $select: SELECT, $top: 999 } }),
    await client.all('/v1.0/applications', { query: { $select: APP_SELECT, $top: 999 } }),
  ];
  const byApp = new Map(applications.map((one) => [textOf(objectOf(one).appId, 36)?.toLowerCase(), one]));
  const found = principals.flatMap((raw) => {
    const app = textOf(objectOf(raw).appId, 36)?.toLowerCase();
    return principalFound(raw, config.clientId, byApp.get(app)) ?? [];
  });
  for (const agent of found.filter((one) => one.kind === 'ai_agent')) {
    found.push(...(await companionsOf(deps, agent.externalId)));
  }
  const seen = new Set(found.map((one) => one.externalId));
  const gone = before.filter((id) => !seen.has(id) && targetOf(id));
  return [...found, ...gone.map(goneFound)];
}

const goneFound = (externalId: string): FoundIdentity => ({
  externalId,
  name: externalId,
  kind: externalId.startsWith('user:') ? 'ai_agent' : 'service_account',
  protected: false,
  enabled: false,
  credentials: [],
  attributes: { gone: true },
});
