import type { FoundIdentity, NativeSession } from '@/lib/connectors/model';

/** A client as the admin API tells it; only what is used here. */
export interface ClientRow {
  id: string;
  clientId: string;
  name?: string;
  description?: string;
  enabled?: boolean;
  serviceAccountsEnabled?: boolean;
  publicClient?: boolean;
  clientAuthenticatorType?: string;
  secret?: string;
  notBefore?: number;
  attributes?: Record<string, unknown>;
}

export interface SessionRow {
  id: string;
  username?: string;
  userId?: string;
  ipAddress?: string;
  start?: number;
  lastAccess?: number;
  clients?: Record<string, string>;
}

/** Clients Keycloak makes for itself. */
const BUILT_IN = new Set([
  'account',
  'account-console',
  'admin-cli',
  'broker',
  'realm-management',
  'security-admin-console',
]);
const IDLE_AFTER_MS = 5 * 60_000;

/** Milliseconds that are a time; null: they are none. */
const timeOf = (ms: unknown): number | null =>
  typeof ms === 'number' && !Number.isNaN(new Date(ms).getTime()) ? ms : null;

const text = (value: unknown, most: number): string | undefined =>
  typeof value === 'string' && value.trim() ? value.trim().slice(0, most) : undefined;

/** Braid's own client and those Keycloak made for itself; in `master` every other realm has one that administers it. */
export const isProtected = (clientId: string, own: string, realm: string): boolean =>
  clientId === own || BUILT_IN.has(clientId) || (realm === 'master' && clientId.endsWith('-realm'));

/** Seconds an access token of this client lives: its own setting, else the realm's. */
export function lifespanOf(client: ClientRow, realmSecs: number): number {
  const own = Number(client.attributes?.['access.token.lifespan']);
  return Number.isFinite(own) && own > 0 ? own : realmSecs;
}

/** `owner` and `purpose` stand in attributes of that name, or in the description as `owner: …; purpose: …`. */
function told(client: ClientRow, what: 'owner' | 'purpose'): string | undefined {
  const described = new RegExp(`(?:^|[;\\n])\\s*${what}:\\s*([^;\\n]{1,200})`, 'i').exec(
    text(client.description, 2_000) ?? '',
  )?.[1];
  return text(client.attributes?.[what], 200) ?? text(described, 200);
}

export const isService = (client: ClientRow): boolean => client.serviceAccountsEnabled === true;

/** What a client's secret is called as a credential, whichever secret it is. */
export const credentialOf = (realmId: string, clientId: string): string => `client:${realmId}/${clientId}`;

export function toIdentity(client: ClientRow, guarded: boolean, realmId: string): FoundIdentity {
  const rotated = Number(client.attributes?.['client.secret.rotated.expiration.time']);
  const expires = Number(client.attributes?.['client.secret.expiration.time']);
  const iso = (secs: number) => {
    const at = timeOf(secs * 1000);
    return at === null || secs <= 0 ? {} : { expiresAt: new Date(at).toISOString() };
  };
  const kind = text(client.clientAuthenticatorType, 60) ?? 'client-secret';
  const owner = told(client, 'owner');
  const purpose = told(client, 'purpose') ?? text(client.name, 200);
  return {
    externalId: client.clientId,
    name: client.clientId,
    kind: 'service_account',
    protected: guarded,
    enabled: client.enabled !== false && isService(client),
    ...(owner ? { owner } : {}),
    ...(purpose ? { purpose } : {}),
    credentials: [
      { externalId: credentialOf(realmId, client.clientId), kind, ...iso(expires) },
      ...(rotated
        ? [{ externalId: `${credentialOf(realmId, client.clientId)}#rotated`, kind: 'rotated secret', ...iso(rotated) }]
        : []),
    ],
    attributes: { uuid: client.id, authenticator: kind, serviceAccount: isService(client) },
    logNames: [{ issuer: `keycloak:${realmId}`, externalId: client.clientId }],
  };
}

/** The key is Keycloak's session id, as its events name it; an offline session has the id of the one it began in. */
export function toSession(row: SessionRow, client: ClientRow, offline: boolean, nowMs: number): NativeSession {
  const last = timeOf(row.lastAccess) ?? timeOf(row.start) ?? nowMs;
  const network = text(row.ipAddress, 60);
  const who = text(row.username, 200) ?? 'unknown';
  const own = who === `service-account-${client.clientId.toLowerCase()}`;
  const others = Object.entries(row.clients ?? {}).filter(([id]) => id !== client.id);
  return {
    key: `${row.id}${own ? '' : ` ${client.clientId}`}${offline ? ' offline' : ''}`,
    externalIdentityId: client.clientId,
    kind: own ? 'api' : 'browser',
    label: [offline ? 'offline' : null, own ? 'service account' : `for ${who}`, network]
      .filter(Boolean)
      .join(' · ')
      .slice(0, 200),
    startedAt: new Date(timeOf(row.start) ?? last).toISOString(),
    lastEventAt: new Date(last).toISOString(),
    idle: nowMs - last > IDLE_AFTER_MS,
    ...(network ? { network } : {}),
    native: {
      sid: row.id,
      offline,
      userId: row.userId ?? null,
      username: who,
      own,
      alsoAt:
        others
          .map(([, name]) => name)
          .slice(0, 20)
          .join(', ') || null,
    },
  };
}
