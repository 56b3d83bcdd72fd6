import { isAutomationName } from '@/lib/connectors/account-model';
import type { FoundIdentity, NativeSession } from '@/lib/connectors/model';
import { listOf, objectOf, textOf } from '@/lib/sessions/loose-model';

export type TargetKind = 'app' | 'token' | 'agent' | 'user';

export interface Target {
  kind: TargetKind;
  id: string;
}

/** `app:0oa…`, `token:00T…`, `agent:wlp…`, `user:00u…`. */
export function targetOf(externalId: string): Target | null {
  const [, kind, id] = /^(app|token|agent|user):([\w-]{1,100})$/.exec(externalId) ?? [];
  return kind ? { kind: kind as TargetKind, id: id! } : null;
}

const idOf = (value: unknown): string | null => {
  const id = textOf(value, 100);
  return id && /^[\w-]+$/.test(id) ? id : null;
};

export const timeOf = (value: unknown): string | undefined => {
  const at = textOf(value, 40);
  return at && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : undefined;
};

/** Does it act by itself? An app that only signs people in is theirs, not an identity of its own. */
function actsAlone(app: Record<string, unknown>): boolean {
  const client = objectOf(objectOf(app.settings).oauthClient);
  const grants = listOf(client.grant_types, 20);
  return (
    client.application_type === 'service' || grants.includes('client_credentials') || grants.includes('refresh_token')
  );
}

/** An OAuth app. null: it is none, or only signs people in. */
export function appFound(raw: unknown, own: string): FoundIdentity | null {
  const app = objectOf(raw);
  const id = idOf(app.id);
  if (!id || app.signOnMode !== 'OPENID_CONNECT' || !actsAlone(app)) return null;
  const client = objectOf(objectOf(app.credentials).oauthClient);
  const clientId = idOf(client.client_id) ?? id;
  const keys = listOf(objectOf(objectOf(objectOf(app.settings).oauthClient).jwks).keys, 50);
  return {
    externalId: `app:${id}`,
    name: textOf(app.label, 200) ?? id,
    kind: 'oauth_app',
    protected: clientId === own || id === own,
    enabled: app.status === 'ACTIVE',
    credentials: keys.flatMap((key) => {
      const kid = textOf(objectOf(key).kid, 200);
      return kid ? [{ externalId: kid, kind: 'jwk' }] : [];
    }),
    attributes: {
      clientId,
      authentication: textOf(client.token_endpoint_auth_method, 60),
      changedAt: timeOf(app.lastUpdated) ?? null,
    },
    logNames: [...new Set([clientId, id])].map((externalId) => ({ issuer: 'okta', externalId })),
  };
}

/** An API token. It acts with the rights of the account that made it. */
export function tokenFound(raw: unknown, owner: string | null): FoundIdentity | null {
  const token = objectOf(raw);
  const id = idOf(token.id);
  if (!id) return null;
  const expiresAt = timeOf(token.expiresAt);
  return {
    externalId: `token:${id}`,
    name: `${owner ? `${owner} · ` : ''}${textOf(token.name, 150) ?? `API token ${id.slice(-8)}`}`.slice(0, 300),
    kind: 'api_key',
    protected: false,
    enabled: true,
    ...(owner ? { owner } : {}),
    credentials: [{ externalId: `token:${id}`, kind: 'api_token', ...(expiresAt ? { expiresAt } : {}) }],
    attributes: { account: idOf(token.userId), client: textOf(token.clientName, 100) },
  };
}

export function agentFound(raw: unknown): FoundIdentity | null {
  const agent = objectOf(raw);
  const id = idOf(agent.id);
  if (!id) return null;
  const profile = objectOf(agent.profile);
  const purpose = textOf(profile.description, 500);
  return {
    externalId: `agent:${id}`,
    name: textOf(profile.name, 200) ?? id,
    kind: 'ai_agent',
    protected: false,
    enabled: agent.status === 'ACTIVE',
    ...(purpose ? { purpose } : {}),
    credentials: [],
    attributes: {
      app: idOf(agent.appId),
      status: textOf(agent.status, 40),
      changedAt: timeOf(agent.lastUpdated) ?? null,
    },
    logNames: [{ issuer: 'okta', externalId: id }],
  };
}

/** An account behind an API token. */
export function userFound(raw: unknown): FoundIdentity | null {
  const user = objectOf(raw);
  const id = idOf(user.id);
  if (!id) return null;
  const login = textOf(objectOf(user.profile).login, 200)?.toLowerCase() ?? null;
  return {
    externalId: `user:${id}`,
    name: login ?? id,
    kind: isAutomationName(login) ? 'service_account' : 'human',
    protected: false,
    enabled: !/^(SUSPENDED|DEPROVISIONED|LOCKED_OUT)$/.test(textOf(user.status, 40) ?? ''),
    credentials: [],
    attributes: { status: textOf(user.status, 40) },
    logNames: [{ issuer: 'okta', externalId: id }],
  };
}

/** A refresh token of an app as a session: it lives until it is revoked or expires, and each use renews access. */
export function sessionOf(raw: unknown, app: string): NativeSession | null {
  const token = objectOf(raw);
  const id = idOf(token.id);
  const startedAt = timeOf(token.created);
  if (!id || !startedAt || token.status === 'REVOKED') return null;
  const user = idOf(token.userId);
  return {
    key: `${app}:${id}`,
    externalIdentityId: `app:${app}`,
    kind: 'api',
    label: `refresh token${user ? ` of ${user}` : ''}`,
    startedAt,
    lastEventAt: timeOf(token.lastUpdated) ?? startedAt,
    idle: false,
    credential: id,
    native: { app, token: id, issuer: textOf(token.issuer, 300) },
  };
}
