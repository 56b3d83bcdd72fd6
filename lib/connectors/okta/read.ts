import type { FoundIdentity, Looks, NativeSession, Notes } from '@/lib/connectors/contract';
import type { HeldCanary } from '@/lib/connectors/held-canary';
import { type Client, refusedBy } from '@/lib/connectors/okta/client';
import {
  agentFound,
  appFound,
  sessionOf,
  type Target,
  tokenFound,
  userFound,
} from '@/lib/connectors/okta/found-normalise';
import type { Config } from '@/lib/connectors/okta/manifest';
import { type Look, looking } from '@/lib/connectors/read-whole';
import { clock } from '@/lib/platform/clock';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

export interface Deps {
  client: Client;
  config: Config;
  notes: Notes;
  looks: Looks | undefined;
  canary: HeldCanary;
  /** Apps that keep refresh tokens, looked up again after a while. */
  apps: { at: number; ids: string[] };
  /** Okta had a list of AI agents when it was last asked. */
  agents: boolean;
}

const APPS_KEPT_MS = 300_000;

const known = <T>(items: (T | null)[]): T[] => items.filter((item) => item !== null);

export const PATHS = {
  app: '/api/v1/apps',
  token: '/api/v1/api-tokens',
  user: '/api/v1/users',
  agent: '/workload-principals/api/v1/ai-agents',
};

/** How one identity stands at Okta now, as Okta has it. null: it has none of this id. */
export async function rawOf({ client }: Deps, { kind, id }: Target): Promise<Record<string, unknown> | null> {
  const reply = await client.send('GET', `${PATHS[kind]}/${id}`);
  if (reply.status === 404) return null;
  if (reply.status !== 200) throw refusedBy(`GET ${PATHS[kind]}`, reply);
  return objectOf(reply.body);
}

/** As found, from what Okta has of it. */
export async function foundOf(deps: Deps, target: Target): Promise<FoundIdentity | null> {
  const raw = await rawOf(deps, target);
  if (!raw) return null;
  if (target.kind === 'app') return appFound(raw, deps.config.clientId);
  if (target.kind === 'agent') return agentFound(raw);
  if (target.kind === 'user') return userFound(raw);
  const owner = textOf(raw.userId, 100);
  const user = owner ? await rawOf(deps, { kind: 'user', id: owner }) : null;
  return tokenFound(raw, user && (userFound(user)?.name ?? null));
}

async function agents(deps: Deps, look: Look): Promise<FoundIdentity[]> {
  const { client } = deps;
  deps.agents = client.granted.has('okta.aiAgents.read');
  if (!deps.agents) return [];
  const first = await client.send('GET', PATHS.agent, { query: { limit: 1 } });
  deps.agents = first.status !== 404 && first.status !== 403;
  if (!deps.agents) return []; // an org without Okta for AI Agents has no such page
  return known((await client.all(PATHS.agent, { of: 'data', query: { limit: 100 }, look })).map(agentFound));
}

/** Service apps, API tokens with the accounts that made them, AI agents. What is gone stays, as not enabled. */
export async function everything(deps: Deps, before: string[]): Promise<FoundIdentity[]> {
  const found = await looking(deps.looks, 'identities', (look) => listedNow(deps, look));
  const seen = new Set(found.map((one) => one.externalId));
  return [...found, ...before.filter((id) => !seen.has(id) && /^(app|token|user|agent):/.test(id)).map(goneFound)];
}

async function listedNow(deps: Deps, look: Look): Promise<FoundIdentity[]> {
  const listed = await deps.client.all(PATHS.app, { query: { limit: 200 }, look });
  const apps = known(listed.map((raw) => appFound(raw, deps.config.clientId)));
  const tokens = (await deps.client.all(PATHS.token, { look })).map(objectOf);
  const owners = [...new Set(tokens.map((token) => textOf(token.userId, 100)).filter((id) => id !== null))];
  const users = new Map<string, FoundIdentity>();
  for (const id of owners) {
    const found = await foundOf(deps, { kind: 'user', id });
    if (found) users.set(id, found);
  }
  return [
    ...apps,
    ...known(tokens.map((token) => tokenFound(token, users.get(`${token.userId}`)?.name ?? null))),
    ...users.values(),
    ...(await agents(deps, look)),
  ];
}

const goneFound = (externalId: string): FoundIdentity => ({
  externalId,
  name: externalId,
  kind: externalId.startsWith('app:') ? 'oauth_app' : externalId.startsWith('agent:') ? 'ai_agent' : 'api_key',
  protected: false,
  enabled: false,
  credentials: [],
  attributes: { gone: true },
});

export async function tokensOf({ client }: Deps, app: string): Promise<NativeSession[]> {
  const raw = await client.all(`${PATHS.app}/${app}/tokens`, { query: { limit: 200 } });
  return known(raw.map((one) => sessionOf(one, app)));
}

/** Refresh tokens of every active app that keeps them. */
export async function sessions(deps: Deps): Promise<NativeSession[]> {
  if (deps.apps.at + APPS_KEPT_MS < clock.ms()) {
    const apps = await deps.client.all(PATHS.app, { query: { limit: 200 } });
    const ids = known(apps.map((raw) => appFound(raw, deps.config.clientId))).map((one) => one.externalId.slice(4));
    deps.apps = { at: clock.ms(), ids };
  }
  const found: NativeSession[] = [];
  for (const app of deps.apps.ids) found.push(...(await tokensOf(deps, app)));
  return found;
}
