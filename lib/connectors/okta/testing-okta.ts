import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { jwtVerify } from 'jose';
import { agentAnswers } from '@/lib/connectors/okta/testing-agents';
import { canaryAnswers, holderOf, takes } from '@/lib/connectors/okta/testing-canary';
import { oktaDescription } from '@/lib/connectors/okta/testing-description';
import { type Consent, grantAnswers } from '@/lib/connectors/okta/testing-grants';
import { type KeptSecret, secretAnswers } from '@/lib/connectors/okta/testing-secrets';
import { type Answered, type Asked, type Double, startDouble } from '@/lib/connectors/testing-double';

// An Okta org as its management description has it: apps, refresh tokens, API tokens, accounts, AI agents, authorization
// servers, the System Log. The token endpoint and Universal Logout are of its other description (OAuth) and of RFC 7523.

export const OWN = '0oaBraid';

interface App {
  id: string;
  label: string;
  status: 'ACTIVE' | 'INACTIVE';
  grants: string[];
  changed: string;
}

export interface OktaWorld {
  double: Double;
  key: string;
  apps: Map<string, App>;
  /** Refresh tokens by id. */
  refresh: Map<string, { id: string; app: string; user: string; created: string }>;
  apiTokens: Map<string, { id: string; name: string; user: string }>;
  users: Map<string, { id: string; login: string; status: string; sessions: number }>;
  /** What apps were allowed: by an account for itself, or for everybody. */
  consents: Map<string, Consent>;
  /** Account and app between which a refresh token stands. */
  refreshed: Set<string>;
  agents: Map<string, { id: string; name: string; app: string; status: string; changed: string }>;
  /** Client secrets of apps, and API tokens of accounts, as they are sent. */
  secrets: Map<string, KeptSecret[]>;
  sent: Map<string, { user: string; apiToken: string }>;
  /** Access tokens given to apps: they live until then, whatever becomes of the app. */
  access: Map<string, { app: string; until: number }>;
  /** Answers every request for a token with this status, once set. */
  tokenDown: number | null;
  events: Record<string, unknown>[];
  /** Scopes the service app is granted. */
  granted: Set<string>;
  limited: Record<string, string> | null;
  /** What Okta has answered with 202 and not yet carried out. */
  queue: (() => void)[];
  loggedOut: string[];
  signIn(app: string, user: string): string | null;
  renews(token: string): boolean;
  log(eventType: string, target?: { id: string; type: string }): void;
}

type Answers = Record<string, (asked: Asked) => Answered>;

const now = () => new Date().toISOString();
const error = (status: number, errorSummary: string): Answered => ({
  status,
  body: { errorCode: 'E0000007', errorSummary, errorLink: 'E0000007', errorId: 'x', errorCauses: [] },
});
const missing = error(404, 'Not found: Resource not found');

const appBody = (one: App, secret: boolean) => ({
  id: one.id,
  name: 'oidc_client',
  label: one.label,
  status: one.status,
  signOnMode: 'OPENID_CONNECT',
  created: '2026-01-02T03:04:05.000Z',
  lastUpdated: one.changed,
  credentials: {
    oauthClient: {
      client_id: one.id,
      token_endpoint_auth_method: secret ? 'client_secret_basic' : 'private_key_jwt',
    },
  },
  settings: { oauthClient: { application_type: 'service', grant_types: one.grants } },
});

function appAnswers(world: OktaWorld): Answers {
  const bodyOf = (one: App) => appBody(one, world.secrets.has(one.id));
  const turn =
    (status: App['status']) =>
    (asked: Asked): Answered => {
      const found = world.apps.get(asked.params.appId!);
      if (!found) return missing;
      Object.assign(found, { status, changed: now() });
      world.log(`application.lifecycle.${status === 'ACTIVE' ? 'activate' : 'deactivate'}`, {
        id: found.id,
        type: 'AppInstance',
      });
      return { status: 200 };
    };
  const tokenBody = (one: { id: string; app: string; user: string; created: string }) => ({
    id: one.id,
    clientId: one.app,
    userId: one.user,
    created: one.created,
    lastUpdated: one.created,
    status: 'ACTIVE',
    issuer: `${world.double.url}/oauth2/default`,
    scopes: ['offline_access'],
  });
  const held = (asked: Asked) => [...world.refresh.values()].filter((one) => one.app === asked.params.appId);
  return {
    'GET /api/v1/apps': (asked) => {
      const all = [...world.apps.values()];
      const from = Number(asked.query.get('after') ?? 0);
      const size = Math.min(2, Number(asked.query.get('limit') ?? 20)); // pages of two, so that pages are read
      const next = `${world.double.url}/api/v1/apps?after=${from + size}&limit=${size}`;
      const headers: Record<string, string> = from + size < all.length ? { link: `<${next}>; rel="next"` } : {};
      return { status: 200, body: all.slice(from, from + size).map(bodyOf), headers };
    },
    'GET /api/v1/apps/{appId}': (asked) => {
      const found = world.apps.get(asked.params.appId!);
      return found ? { status: 200, body: bodyOf(found) } : missing;
    },
    'POST /api/v1/apps/{appId}/lifecycle/deactivate': turn('INACTIVE'),
    'POST /api/v1/apps/{appId}/lifecycle/activate': turn('ACTIVE'),
    'GET /api/v1/apps/{appId}/tokens': (asked) => ({ status: 200, body: held(asked).map(tokenBody) }),
    'DELETE /api/v1/apps/{appId}/tokens': (asked) => {
      for (const one of held(asked)) world.refresh.delete(one.id);
      return { status: 204 };
    },
    'GET /api/v1/apps/{appId}/tokens/{tokenId}': (asked) => {
      const found = world.refresh.get(asked.params.tokenId!);
      return found ? { status: 200, body: tokenBody(found) } : missing;
    },
    'DELETE /api/v1/apps/{appId}/tokens/{tokenId}': (asked) =>
      world.refresh.delete(asked.params.tokenId!) ? { status: 204 } : missing,
    'GET /api/v1/authorizationServers': () => ({ status: 200, body: [{ id: 'default', name: 'default' }] }),
    'DELETE /api/v1/authorizationServers/{authServerId}/clients/{clientId}/tokens': () => ({ status: 204 }),
  };
}

function accountAnswers(world: OktaWorld): Answers {
  const tokenBody = (one: { id: string; name: string; user: string }) => ({
    id: one.id,
    name: one.name,
    userId: one.user,
  });
  const userOf = (asked: Asked) =>
    world.users.get(asked.params.userId!) ?? [...world.users.values()].find((one) => one.login === asked.params.userId);
  const turn =
    (status: string) =>
    (asked: Asked): Answered => {
      const found = userOf(asked);
      if (!found) return missing;
      found.status = status;
      return { status: 200 };
    };
  return {
    'GET /api/v1/api-tokens': () => ({ status: 200, body: [...world.apiTokens.values()].map(tokenBody) }),
    'GET /api/v1/api-tokens/{apiTokenId}': (asked) => {
      const found = world.apiTokens.get(asked.params.apiTokenId!);
      return found ? { status: 200, body: tokenBody(found) } : missing;
    },
    'DELETE /api/v1/api-tokens/{apiTokenId}': (asked) => {
      const id = asked.params.apiTokenId!;
      if (!world.apiTokens.delete(id)) return missing;
      world.log('system.api_token.revoke', { id, type: 'Token' });
      return { status: 204 };
    },
    'GET /api/v1/users/{userId}': (asked) => {
      const found = asked.params.userId === 'me' ? holderOf(world, asked) : userOf(asked);
      const body = found && { id: found.id, status: found.status, profile: { login: found.login } };
      return body ? { status: 200, body } : missing;
    },
    'POST /api/v1/users/{userId}/lifecycle/suspend': turn('SUSPENDED'),
    'POST /api/v1/users/{userId}/lifecycle/unsuspend': turn('ACTIVE'),
    'DELETE /api/v1/users/{userId}/sessions': (asked) => {
      const found = userOf(asked);
      if (!found) return missing;
      found.sessions = 0;
      return { status: 204 };
    },
    'GET /api/v1/logs': (asked) => {
      const since = Date.parse(asked.query.get('since') ?? '');
      const wanted = [...(asked.query.get('filter') ?? '').matchAll(/sw "([^"]+)"/g)].map(([, type]) => type!);
      const all = world.events.filter(
        (one) =>
          Date.parse(`${one.published}`) >= since &&
          (wanted.length === 0 || wanted.some((type) => `${one.eventType}`.startsWith(type))),
      );
      const from = Number(asked.query.get('after') ?? 0);
      const body = all.slice(from, from + Number(asked.query.get('limit') ?? 100));
      const url = new URL(`${world.double.url}/api/v1/logs?${asked.query}`);
      url.searchParams.set('after', `${from + body.length}`);
      return { status: 200, body, headers: { link: `<${url}>; rel="next"` } };
    },
  };
}

async function token(world: OktaWorld, asked: Asked, publicKey: KeyObject): Promise<Answered> {
  const form = asked.body as Record<string, string>;
  const audience = `${world.double.url}/oauth2/v1/token`;
  const known = await jwtVerify(form.client_assertion ?? '', publicKey, { issuer: OWN, subject: OWN, audience }).then(
    ({ protectedHeader }) => protectedHeader.kid === 'k1',
    () => false,
  );
  if (!known || form.grant_type !== 'client_credentials') return { status: 401, body: { error: 'invalid_client' } };
  const scopes = form.scope!.split(' ');
  const wrong = scopes.find((scope) => !world.granted.has(scope));
  if (wrong) return { status: 400, body: { error: 'invalid_scope', error_description: `${wrong} is not granted` } };
  return {
    status: 200,
    body: { access_token: 'okta-access', token_type: 'Bearer', expires_in: 3600, scope: form.scope },
  };
}

export async function startOkta(scopes: string[]): Promise<OktaWorld> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const world: OktaWorld = {
    double: undefined as unknown as Double,
    key: JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'k1', alg: 'RS256' }),
    apps: new Map(),
    refresh: new Map(),
    apiTokens: new Map(),
    users: new Map(),
    consents: new Map(),
    refreshed: new Set(),
    agents: new Map(),
    secrets: new Map(),
    sent: new Map(),
    access: new Map(),
    tokenDown: null,
    events: [],
    granted: new Set(scopes),
    limited: null,
    queue: [],
    loggedOut: [],
    signIn(app, user) {
      if (world.apps.get(app)?.status !== 'ACTIVE') return null;
      const id = `oar${world.events.length}`;
      world.refresh.set(id, { id, app, user, created: now() });
      world.log('app.oauth2.token.grant.refresh_token', { id: app, type: 'AppInstance' });
      return id;
    },
    renews: (id) => world.apps.get(world.refresh.get(id)?.app ?? '')?.status === 'ACTIVE',
    log: (eventType, target) => {
      const about = target ? [{ id: target.id, type: target.type, displayName: target.id }] : [];
      const actor = { id: '00uadmin', type: 'User', alternateId: 'admin@acme.example' };
      world.events.push({
        uuid: `e${world.events.length}`,
        published: now(),
        eventType,
        actor,
        target: about,
        version: '0',
      });
    },
  };
  const answers = {
    ...appAnswers(world),
    ...secretAnswers(world),
    ...agentAnswers(world),
    ...accountAnswers(world),
    ...grantAnswers(world),
  };
  world.double = await startDouble({
    description: oktaDescription(Object.keys(answers)),
    answers,
    beside: {
      'POST /oauth2/v1/token': (asked) => token(world, asked, publicKey),
      ...canaryAnswers(world),
      'POST /oauth2/v1/global-token-revocation': (asked) => {
        const subject = (asked.body as { sub_id: { format: string; id: string } }).sub_id;
        if (subject.format !== 'opaque') return error(400, 'format');
        world.loggedOut.push(subject.id);
        return { status: 204 };
      },
    },
    guard: (asked) => {
      const apiToken = /^SSWS (.+)$/.exec(asked.headers.authorization ?? '')?.[1];
      if (apiToken !== undefined) return takes(world, apiToken) ? undefined : error(401, 'Invalid token provided');
      if (asked.headers.authorization !== 'Bearer okta-access') return error(401, 'Invalid token provided');
      return world.limited ? { ...error(429, 'API call exceeded rate limit'), headers: world.limited } : undefined;
    },
  });
  return world;
}
