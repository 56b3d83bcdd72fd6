import { idOf, member } from '@/lib/connectors/github/read-normalise';
import { type Loose, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';

type Life = NonNullable<SessionEventInput['life']>;
type Of = 'token' | 'key' | 'app' | 'oauth_app' | 'person';

/** Action → what it says of whose life. First match wins. */
const LIVES: [RegExp, Of, Life['what']][] = [
  [/^personal_access_token\.(?:create|access_granted|request_approved)$/, 'token', 'created'],
  [
    /^personal_access_token\.(?:access_revoked|revoke)$|^org_credential_authorization\.(?:revoke|deauthorize)$/,
    'token',
    'revoked',
  ],
  [/^personal_access_token\.destroy$|^oauth_access\.(?:destroy|revoke)$/, 'token', 'deleted'],
  [/^(?:personal_access_token\.credential_regenerated|oauth_access\.regenerate)$/, 'token', 'rotated'],
  [/^personal_access_token\.expir/, 'token', 'expired'],
  [/^(?:public_key|deploy_key)\.create$|^repo\.create_deploy_key$/, 'key', 'created'],
  [/^(?:public_key|deploy_key)\.(?:delete|unverify)/, 'key', 'deleted'],
  [/^integration_installation\.create$/, 'app', 'created'],
  [/^integration_installation\.(?:suspend)$/, 'app', 'disabled'],
  [/^integration_installation\.(?:unsuspend)$/, 'app', 'enabled'],
  [/^integration_installation\.(?:destroy|delete)$/, 'app', 'deleted'],
  [/^integration\.(?:revoke_all_tokens|revoke_tokens)$/, 'app', 'revoked'],
  [/^oauth_application\.(?:revoke_tokens|revoke_all_tokens)$/, 'oauth_app', 'revoked'],
  [/^oauth_application\.(?:reset_secret|generate_client_secret|remove_client_secret)$/, 'oauth_app', 'rotated'],
  [/^oauth_application\.destroy$/, 'oauth_app', 'deleted'],
  [
    /^(?:org|business)\.(?:remove_member|remove_outside_collaborator|block_user)$|^user\.suspend$/,
    'person',
    'disabled',
  ],
  [/^user\.unsuspend$/, 'person', 'enabled'],
  [/^(?:org_)?session\.revoke|^user\.(?:sign_out_everywhere|forced_sign_out)/, 'person', 'revoked'],
  [/^(?:business\.add_admin|org\.update_member|role\.create|repo\.add_member)$/, 'person', 'privileged'],
];

/** What an event says of the life of a token, key, app or person. */
export function lifeOf(event: Loose, action: string): Life | undefined {
  const rule = LIVES.find(([pattern]) => pattern.test(action));
  if (!rule) return undefined;
  const [, of, what] = rule;
  if (
    what === 'privileged' &&
    !/^(?:admin|owner|maintain)$/i.test(
      textOf(member(event, 'permission'), 40) ?? (action === 'business.add_admin' ? 'admin' : ''),
    )
  )
    return undefined;
  if (of === 'token') return tokenLife(event, what);
  if (of === 'key') {
    const print =
      textOf(member(event, 'fingerprint'), 200) ?? idOf(event, 'public_key_id') ?? idOf(event, 'deploy_key_id');
    return print ? { of: 'credential', what, externalId: print } : undefined;
  }
  const [type, id] =
    of === 'app'
      ? ['app', textOf(member(event, 'integration'), 200) ?? textOf(member(event, 'name'), 200)]
      : of === 'oauth_app'
        ? ['oauth_app', idOf(event, 'oauth_application_id')]
        : ['user', idOf(event, 'user_id') ?? textOf(member(event, 'user'), 200)?.toLowerCase()];
  if (!id) return undefined;
  const externalId = `${type}:${id}`;
  return { of: 'identity', what, externalId, identity: { issuer: 'github', type, externalId } };
}

/** The token an administrator's event is about. */
function tokenLife(event: Loose, what: Life['what']): Life | undefined {
  const id = idOf(event, 'user_programmatic_access_id') ?? idOf(event, 'credential_id') ?? idOf(event, 'token_id');
  if (!id) return undefined;
  return { of: 'credential', what, externalId: `token:${id}` };
}

/** Access that was given to an app or token, and how far. */
export function consentOf(event: Loose, action: string, by: string, at: string): SessionEventInput['consent'] {
  if (
    !/^(?:org\.oauth_app_access_approved|oauth_authorization\.create|integration_installation\.(?:create|repositories_added)|personal_access_token\.(?:access_granted|request_approved))$/.test(
      action,
    )
  )
    return undefined;
  const scope = scopeOf(event);
  const id =
    textOf(member(event, 'oauth_application_name'), 200) ??
    textOf(member(event, 'name'), 200) ??
    idOf(event, 'oauth_application_id');
  const until = readInstant(member(event, 'token_expires_at'));
  return { by: by.slice(0, 300), at, ...(scope ? { scope } : {}), ...(id ? { id } : {}), ...(until ? { until } : {}) };
}

/** Scopes of the token, several separated by blanks. */
export const scopeOf = (event: Loose): string | null =>
  (textOf(member(event, 'token_scopes'), 1024) ?? textOf(member(event, 'oauth_scopes'), 1024))
    ?.replace(/[,\s]+/g, ' ')
    .trim() || null;
