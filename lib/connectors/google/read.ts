import type { BlockedSince } from '@/lib/connectors/blocked-since';
import type { FoundIdentity, Looks, Notes } from '@/lib/connectors/contract';
import { type Client, refusedBy } from '@/lib/connectors/google/client';
import { accountFound, keyFound, type Target, targetOf } from '@/lib/connectors/google/found-normalise';
import type { Config } from '@/lib/connectors/google/manifest';
import type { HeldCanary } from '@/lib/connectors/held-canary';
import { type Look, looking } from '@/lib/connectors/read-whole';
import { objectOf } from '@/lib/sessions/loose-model';

export interface Deps {
  client: Client;
  config: Config;
  notes: Notes;
  looks: Looks | undefined;
  since: BlockedSince;
  canary: HeldCanary;
}

/** The project is found by the e-mail: `-` stands for it. */
export const nameOf = (target: Target): string =>
  `/v1/projects/-/serviceAccounts/${target.email}${target.kind === 'key' ? `/keys/${target.key}` : ''}`;

async function rawOf({ client }: Deps, target: Target): Promise<Record<string, unknown> | null> {
  const reply = await client.send('iam', 'GET', nameOf(target));
  if (reply.status === 404) return null;
  if (reply.status !== 200) throw refusedBy(`GET ${nameOf(target)}`, reply);
  return objectOf(reply.body);
}

export const keysOf = ({ client }: Deps, email: string, look?: Look): Promise<unknown[]> => {
  const query = { keyTypes: 'USER_MANAGED' };
  return client.all('iam', `/v1/projects/-/serviceAccounts/${email}/keys`, 'keys', { query, look });
};

/** How one identity stands now. null: Google has none of this name. */
export async function foundOf(deps: Deps, externalId: string): Promise<FoundIdentity | null> {
  const target = targetOf(externalId);
  if (!target) return null;
  const raw = await rawOf(deps, { kind: 'account', email: target.email });
  const account = raw && accountFound(raw, [], deps.client.me);
  if (!account || target.kind === 'account') return account;
  const key = await rawOf(deps, target);
  return key && keyFound(key, account);
}

/** Every service account of the projects and every key that somebody made. What is gone stays, as not enabled. */
export async function everything(deps: Deps, before: string[]): Promise<FoundIdentity[]> {
  const found = await looking(deps.looks, 'identities', (look) => listed(deps, look));
  const seen = new Set(found.map((one) => one.externalId));
  const gone = before.filter((id) => !seen.has(id) && targetOf(id));
  return [...found, ...gone.map(goneFound)];
}

async function listed(deps: Deps, look: Look): Promise<FoundIdentity[]> {
  const found: FoundIdentity[] = [];
  for (const project of deps.config.projects) {
    const path = `/v1/projects/${project}/serviceAccounts`;
    for (const raw of await deps.client.all('iam', path, 'accounts', { query: { pageSize: 100 }, look })) {
      const bare = accountFound(raw, [], deps.client.me);
      if (!bare) continue;
      const keys = await keysOf(deps, bare.externalId, look);
      const account = accountFound(raw, keys, deps.client.me)!;
      found.push(account, ...keys.flatMap((key) => keyFound(key, account) ?? []));
    }
  }
  return found;
}

const goneFound = (externalId: string): FoundIdentity => ({
  externalId,
  name: externalId,
  kind: externalId.startsWith('key:') ? 'api_key' : 'service_account',
  protected: false,
  enabled: false,
  credentials: [],
  attributes: { gone: true },
});
