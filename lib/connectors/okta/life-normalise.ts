import { debugOf, failed, member, said, type Target, targetsOf } from '@/lib/connectors/okta/read-normalise';
import type { Loose } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';

type Life = NonNullable<SessionEventInput['life']>;

const TOKEN = /token|credential|secret|key/i;
/** Event type → what it says of the life of its target. First match wins. */
const LIVES: [RegExp, Life['of'], Life['what']][] = [
  [/^system\.api_token\.create$/, 'credential', 'created'],
  [/^system\.api_token\.revoke$/, 'credential', 'revoked'],
  [/^app\.oauth2\.(?:as\.)?token\.revoke/, 'credential', 'revoked'],
  [/^app\.oauth2\.credentials\.lifecycle\.create$/, 'credential', 'created'],
  [/^app\.oauth2\.credentials\.lifecycle\.(?:deactivate|suspend)$/, 'credential', 'disabled'],
  [/^app\.oauth2\.credentials\.lifecycle\.(?:activate|reactivate)$/, 'credential', 'enabled'],
  [/^app\.oauth2\.credentials\.lifecycle\.delete$/, 'credential', 'deleted'],
  [/secret\.rotate$|^app\.oauth2\.as\.key\.rollover/, 'credential', 'rotated'],
  [/^user\.account\.(?:update|reset)_password$|^user\.credential\..*(?:update|reset)$/, 'identity', 'rotated'],
  [/^user\.session\.(?:clear|revoke)|^user\.authentication\.universal_logout$/, 'identity', 'revoked'],
  [/^(?:user|application|app\.oauth2\.client)\.lifecycle\.(?:deactivate|suspend)$/, 'identity', 'disabled'],
  [/^(?:user|application|app\.oauth2\.client)\.lifecycle\.(?:activate|unsuspend|reactivate)$/, 'identity', 'enabled'],
  [/^(?:user|application|app\.oauth2\.client)\.lifecycle\.delete/, 'identity', 'deleted'],
  [/^(?:user\.account|group|app\.oauth2\.client)\.privilege\.grant$/, 'identity', 'privileged'],
];

/** What a successful event says of the life of a credential or identity. */
export function lifeOf(event: Loose, type: string): Life | undefined {
  const rule = failed(event) ? undefined : LIVES.find(([pattern]) => pattern.test(type));
  if (!rule) return undefined;
  const [, of, what] = rule;
  const targets = targetsOf(event);
  const owner = targets.find((each) => /user|app|client/i.test(each.type));
  const target =
    of === 'credential' ? (targets.find((each) => TOKEN.test(each.type)) ?? targets[0]) : (owner ?? targets[0]);
  if (!target) return undefined;
  if (of === 'identity') return { of, what, externalId: target.id, identity: identityFor(target) };
  // A token is an identity of its own: its owner is not who uses it.
  return { of, what, externalId: target.id };
}

const identityFor = (target: Target) => ({
  issuer: 'okta',
  type: target.type || 'User',
  externalId: target.id,
});

/** Tokens a grant gave out: their ids, never the tokens. */
export function mintedOf(event: Loose, type: string): SessionEventInput['minted'] {
  if (failed(event) || !/^app\.oauth2\..*token\.grant/.test(type)) return undefined;
  const refresh = /refresh_token/i.test(said(member(debugOf(event), 'grantType'), 100) ?? '');
  const tokens = targetsOf(event).filter((each) => /^(?:access|refresh)_token$/i.test(each.type));
  if (tokens.length === 0) return undefined;
  return tokens.slice(0, 16).map((each) => ({
    externalId: each.id,
    kind: each.type.toLowerCase(),
    how: refresh ? ('refresh' as const) : ('delegation' as const),
    ...expiry(each),
  }));
}

function expiry(target: Target): { expiresAt?: string } {
  const expiresAt = readInstant(target.detail.expires);
  return expiresAt ? { expiresAt } : {};
}

/** Consent given to an app, with its scope. */
export function consentOf(event: Loose, type: string, by: string, at: string): SessionEventInput['consent'] {
  if (failed(event) || !/consent\.grant/.test(type)) return undefined;
  const scope = scopeOf(event);
  const app = targetsOf(event).find((each) => /app|client/i.test(each.type));
  return { by: by.slice(0, 300), at, ...(scope ? { scope } : {}), ...(app ? { id: app.id.slice(0, 200) } : {}) };
}

/** Scopes of a grant, several separated by blanks. */
export function scopeOf(event: Loose): string | undefined {
  const debug = debugOf(event);
  const scope =
    said(member(debug, 'grantedScopes'), 1024) ??
    said(member(debug, 'scopes'), 1024) ??
    said(member(debug, 'requestedScopes'), 1024);
  return scope?.replace(/[,\s]+/g, ' ').trim() || undefined;
}
