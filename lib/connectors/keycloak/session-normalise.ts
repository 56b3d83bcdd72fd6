import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

/** Keycloak's own idle time of a session by default, seconds; a pause longer than this splits one that is derived, too. */
const GAP_SECS = 1800;

type Life = NonNullable<SessionEventInput['life']>;

interface Seen {
  type: string;
  failed: boolean;
  network: string | null;
  identity: SessionEventInput['identity'];
}

/**
 * Native: `sessionId`; before version 26 a line of the log has it as `code_id` or `authSessionParentId` only. A grant of
 * client credentials makes a session for each token, which nobody can list: derived from client and address. A call that failed is in a session
 * only if it names one.
 */
export function sessionOf(event: Loose, { type, failed, network, identity }: Seen) {
  const details = objectOf(event.details);
  const service = identity.kind !== 'human';
  const client = textOf(event.clientId, 300) ?? 'client';
  const credential: SessionEventInput['credential'] = service
    ? {
        externalId: clientKey(event.realmId ?? event.realmName, client),
        kind: textOf(details.client_auth_method, 40) ?? 'client_secret',
      }
    : {
        externalId: `user:${identity.externalId}`,
        kind: textOf(details.identity_provider, 40) ? 'federated' : 'password',
      };
  const base = {
    kind: service ? ('api' as const) : ('browser' as const),
    label: `${client} · ${network ?? 'no address'}`.slice(0, 200),
    gapSecs: GAP_SECS,
  };
  const native = transient(details, type)
    ? null
    : (textOf(event.sessionId, 200) ??
      (failed ? null : (textOf(details.code_id, 200) ?? textOf(details.authSessionParentId, 200))));
  // An error may name a session and not whose it is.
  if (failed && !event.userId) return { session: null, credential };
  if (native) {
    const phase = failed ? ('seen' as const) : phaseOf(type);
    return { session: { ...base, key: native, phase, observedBy: 'native' as const }, credential };
  }
  if (failed || !service) return { session: null, credential };
  const key = `${client} ${network ?? ''}`.trim();
  return { session: { ...base, key, phase: 'seen' as const, observedBy: 'derived' as const }, credential };
}

const phaseOf = (type: string): 'close' | 'seen' => (type === 'LOGOUT' ? 'close' : 'seen');

/** A client's secret or key: its name is unique within its realm. */
export const clientKey = (realm: unknown, client: string): string =>
  `client:${textOf(realm, 150) ?? ''}/${client}`.slice(0, 512);

/** A grant of client credentials has a session id made for this one token, unless refresh tokens are switched on for it. */
const transient = (details: Loose, type: string): boolean =>
  (type === 'CLIENT_LOGIN' || details.grant_type === 'client_credentials') && details.refresh_token_id === undefined;

/** Tokens it was given, what it may, who agreed, and on whose behalf. Ids of tokens are no secrets: they stand in claim `jti`. */
export function toldOf(event: Loose, type: string, at: string): Partial<SessionEventInput> {
  const details = objectOf(event.details);
  const told: Partial<SessionEventInput> = {};
  const scope = textOf(details.scope, 1024);
  if (scope) told.scope = scope;
  const minted: NonNullable<SessionEventInput['minted']> = [];
  const exchanged = type === 'TOKEN_EXCHANGE';
  const access = textOf(details.token_id, 512);
  if (access) minted.push({ externalId: access, kind: 'access_token', how: exchanged ? 'delegation' : 'refresh' });
  const refresh =
    textOf(details.updated_refresh_token_id, 512) ??
    (type === 'REFRESH_TOKEN' ? null : textOf(details.refresh_token_id, 512));
  if (refresh && refresh !== access) minted.push({ externalId: refresh, kind: 'refresh_token', how: 'refresh' });
  if (minted.length > 0) told.minted = minted;
  if (type === 'LOGIN' || type === 'CLIENT_LOGIN') told.trustedAt = at;
  const consent = textOf(details.consent, 60);
  if (/^(?:GRANT|UPDATE)_CONSENT$/.test(type) || consent === 'consent_granted' || consent === 'persistent_consent') {
    const app = textOf(event.clientId, 200);
    told.consent = {
      ...(app ? { id: app } : {}),
      by: textOf(details.username, 300) ?? textOf(event.userId, 200) ?? 'unknown',
      ...(scope ? { scope } : {}),
      at,
    };
  }
  return told;
}

/** What users do to their own credentials, grants and accounts. */
export function lifeOfOwn(type: string, event: Loose, identity: SessionEventInput['identity']): Life | undefined {
  const own = { of: 'credential' as const, externalId: `user:${identity.externalId}` };
  const details = objectOf(event.details);
  if (/^(?:UPDATE_PASSWORD|RESET_PASSWORD)$/.test(type)) return { ...own, what: 'rotated' };
  if (type === 'UPDATE_CREDENTIAL' && details.credential_type === 'password') return { ...own, what: 'rotated' };
  if (type === 'DELETE_ACCOUNT') return { of: 'identity', what: 'deleted', externalId: identity.externalId };
  if (type === 'USER_DISABLED_BY_PERMANENT_LOCKOUT')
    return { of: 'identity', what: 'disabled', externalId: identity.externalId };
  const revoked = type === 'REVOKE_GRANT' ? textOf(details.revoked_client, 300) : null;
  if (revoked) return { of: 'credential', what: 'revoked', externalId: `grant:${identity.externalId}:${revoked}` };
  return undefined;
}
