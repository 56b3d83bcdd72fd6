import type { FoundIdentity, Looks, Notes } from '@/lib/connectors/contract';
import { type Client, refusedBy } from '@/lib/connectors/github/client';
import {
  authorizationFound,
  deployKeyFound,
  fingerprintOf,
  grantFound,
  installationFound,
  type Target,
} from '@/lib/connectors/github/found-normalise';
import type { Config, Secrets } from '@/lib/connectors/github/manifest';
import type { HeldCanary } from '@/lib/connectors/held-canary';
import { type Look, looking } from '@/lib/connectors/read-whole';
import { objectOf, textOf } from '@/lib/sessions/loose-model';
import { hashToken } from '@/lib/sessions/token-model';

export interface Deps {
  client: Client;
  config: Config;
  secrets: Secrets;
  /** The installation Braid connects as. */
  own: number;
  notes: Notes;
  looks: Looks | undefined;
  canary: HeldCanary;
  /** The last listing left out repositories. */
  cut: boolean;
  /** GitHub had a list of authorizations when it was last asked. */
  signOn: boolean;
}

export interface DeployKey {
  id: number;
  title: string;
  key: string;
  readOnly: boolean;
}

const known = <T>(items: (T | null)[]): T[] => items.filter((item) => item !== null);
const keysHeld = ({ secrets }: Deps): Set<string> => new Set(Object.keys(secrets.appKeys));

export const tokenOf = ({ secrets }: Deps, hash: string): string | undefined =>
  secrets.tokens.find((token) => hashToken(token) === hash);

export async function installations(deps: Deps, look?: Look): Promise<FoundIdentity[]> {
  const at = { org: deps.config.organization };
  const raw = await deps.client.organization.all('GET /orgs/{org}/installations', at, look);
  return known(raw.map((one) => installationFound(one, deps.own, keysHeld(deps))));
}

export const rawGrants = ({ client, config }: Deps, look?: Look): Promise<unknown[]> =>
  client.organization.all('GET /orgs/{org}/personal-access-tokens', { org: config.organization }, look);

const rawAuthorizations = ({ client, config }: Deps, look?: Look): Promise<unknown[]> =>
  client.organization.all('GET /orgs/{org}/credential-authorizations', { org: config.organization }, look);

async function deployKeys(deps: Deps, look: Look): Promise<FoundIdentity[]> {
  const { client, config } = deps;
  deps.cut = config.repositories === 0;
  if (deps.cut) return [];
  const repos = await client.organization.some('GET /installation/repositories', {}, config.repositories);
  deps.cut = repos.cut;
  const found: FoundIdentity[] = [];
  for (const one of repos.items) {
    const [owner, repo] = (textOf(objectOf(one).full_name, 200) ?? '').split('/');
    if (!owner || !repo) continue;
    const raw = await client.organization.all('GET /repos/{owner}/{repo}/keys', { owner, repo }, look);
    found.push(...known(raw.map((key) => deployKeyFound(key, owner, repo))));
  }
  return found;
}

/** Does GitHub still take this token? Asked with the token itself. */
async function takes(deps: Deps, token: string): Promise<boolean> {
  const reply = await deps.client.bearer(token).send('GET /user');
  if (reply.status === 200) return true;
  if (reply.status === 401) return false;
  throw refusedBy('GET /user', reply);
}

async function heldTokens(deps: Deps): Promise<FoundIdentity[]> {
  return Promise.all(
    deps.secrets.tokens.map(async (token) => {
      const hash = hashToken(token);
      return {
        externalId: `token:${hash}`,
        name: `token ${hash.slice(7, 17)}`,
        kind: 'api_key' as const,
        protected: false,
        enabled: await takes(deps, token),
        credentials: [{ externalId: hash, kind: token.split('_')[0]! }],
        attributes: { held: true },
      };
    }),
  );
}

/** Without single sign-on there are no authorizations: 404 says so, and is no error. */
async function authorizations(deps: Deps, look: Look): Promise<FoundIdentity[]> {
  const { client, config } = deps;
  const first = await client.organization.send('GET /orgs/{org}/credential-authorizations', {
    org: config.organization,
    per_page: 1,
  });
  deps.signOn = first.status !== 404;
  if (!deps.signOn) return [];
  return known((await rawAuthorizations(deps, look)).map(authorizationFound));
}

/** Everything that acts in the organization. A deploy key, grant or authorization that is gone stays, as not enabled. */
export async function everything(deps: Deps, before: string[]): Promise<FoundIdentity[]> {
  const found = await looking(deps.looks, 'identities', async (look) => [
    ...(await installations(deps, look)),
    ...known((await rawGrants(deps, look)).map(grantFound)),
    ...(await deployKeys(deps, look)),
    ...(await authorizations(deps, look)),
    ...(await heldTokens(deps)),
  ]);
  const seen = new Set(found.map((one) => one.externalId));
  const gone = before.filter((id) => !seen.has(id) && /^(grant|deploy_key|sso|installation):/.test(id));
  return [
    ...found,
    ...gone.map((externalId) => ({
      externalId,
      name: externalId,
      kind: 'api_key' as const,
      protected: false,
      enabled: false,
      credentials: [],
      attributes: { gone: true },
    })),
  ];
}

/** One deploy key as it is now; null: there is none. */
export async function deployKey(deps: Deps, at: Extract<Target, { kind: 'deploy_key' }>): Promise<DeployKey | null> {
  const { owner, repo, fingerprint } = at;
  const keys = await deps.client.organization.all('GET /repos/{owner}/{repo}/keys', { owner, repo });
  const raw = keys.map(objectOf).find((one) => fingerprintOf(one.key) === fingerprint);
  if (!raw) return null;
  return { id: Number(raw.id), title: `${raw.title ?? ''}`, key: `${raw.key ?? ''}`, readOnly: raw.read_only === true };
}

export interface Standing {
  exists: boolean;
  /** Can it come in? */
  open: boolean;
  saw: string;
  /** The app of an installation. */
  appId?: string;
  makesSshKeys?: boolean;
}

/** How one identity stands at GitHub now. */
export async function standing(deps: Deps, target: Target): Promise<Standing> {
  if (target.kind === 'app') {
    const raw = await deps.client.organization.all('GET /orgs/{org}/installations', { org: deps.config.organization });
    const found = raw.map(objectOf).find((one) => one.id === target.installation);
    const open = found !== undefined && !found.suspended_at;
    const saw = found ? (open ? 'installed' : `suspended since ${found.suspended_at}`) : 'not installed';
    return { exists: found !== undefined, open, saw, ...(found ? { appId: `${found.app_id}` } : {}) };
  }
  if (target.kind === 'grant') {
    const raw = (await rawGrants(deps)).map(objectOf).find((one) => one.id === target.id);
    const open = raw !== undefined && raw.token_expired !== true;
    const saw = raw ? (open ? 'granted' : 'expired') : 'no such grant';
    const made = raw !== undefined && grantFound(raw)?.attributes.makesSshKeys === true;
    return { exists: raw !== undefined, open, saw, makesSshKeys: made };
  }
  if (target.kind === 'deploy_key') {
    const key = await deployKey(deps, target);
    return { exists: key !== null, open: key !== null, saw: key ? 'key there' : 'no such key' };
  }
  if (target.kind === 'sso') {
    const open = (await rawAuthorizations(deps)).some((one) => objectOf(one).credential_id === target.id);
    return { exists: open, open, saw: open ? 'authorized' : 'not authorized' };
  }
  const token = tokenOf(deps, target.hash);
  if (!token) return { exists: false, open: false, saw: 'Braid holds no such token' };
  const open = await takes(deps, token);
  return { exists: true, open, saw: open ? 'taken' : '401' };
}
