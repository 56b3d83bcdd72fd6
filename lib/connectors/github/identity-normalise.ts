import { isAutomationName } from '@/lib/connectors/account-model';
import { idOf, isTrue, member } from '@/lib/connectors/github/read-normalise';
import { type Loose, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { hashedToken, hashToken } from '@/lib/sessions/token-model';

type Identity = SessionEventInput['identity'];

export type Access = 'pat' | 'oauth' | 'app' | 'app_user' | 'deploy_key' | 'ssh_key' | 'other';

/** How the caller authenticated, by `programmatic_access_type`. null: in the browser. */
export function accessOf(event: Loose): Access | null {
  const type = textOf(member(event, 'programmatic_access_type'), 100)?.toLowerCase() ?? '';
  if (/personal access token/.test(type)) return 'pat';
  if (/server-to-server|installation/.test(type)) return 'app';
  if (/user-to-server/.test(type)) return 'app_user';
  if (/oauth/.test(type)) return 'oauth';
  if (/deploy/.test(type))
    return textOf(event.actor, 100) === 'deploy_key' || !/user/.test(type) ? 'deploy_key' : 'ssh_key';
  if (/ssh|public key/.test(type)) return 'ssh_key';
  return type !== '' || tokenOf(event) ? 'other' : null;
}

/** SHA-256 of the token: GitHub logs it so, in base64. Anything else in its place is hashed. */
export function tokenOf(event: Loose): string | null {
  const logged = textOf(member(event, 'hashed_token'), 1000);
  return logged ? (hashedToken(logged) ?? hashToken(logged)) : null;
}

/**
 * Who did it. A workflow's run is that workflow's. A personal access token, deploy key or app is an identity of its own: it acts without its owner, outlives the
 * owner's sessions and is revoked apart; the owner stays beside it. Otherwise the actor. null: nobody is named.
 */
export function identityOf(event: Loose): Identity | null {
  const actor = textOf(event.actor, 200);
  const access = accessOf(event);
  // The hash stands in every event of a token, its id only in some.
  const token = tokenOf(event) ?? idOf(event, 'token_id');
  const repo = textOf(member(event, 'repo'), 200);
  const workflow = idOf(event, 'workflow_id');
  if (workflow && repo && /^workflows\./.test(textOf(event.action, 200) ?? '')) {
    const name = `${repo} · ${textOf(member(event, 'name'), 150) ?? `workflow ${workflow}`}`;
    return {
      issuer: 'github',
      type: 'workflow',
      externalId: `workflow:${repo}:${workflow}`,
      name,
      kind: 'ci_pipeline',
    };
  }
  if (access === 'pat' && token) {
    const id = idOf(event, 'token_id');
    const short = token.replace(/^sha256:/, '').slice(0, 10);
    return {
      issuer: 'github',
      type: 'token',
      externalId: `token:${token}`,
      name: `${actor ?? 'somebody'} · token ${short}`,
      kind: 'api_key',
      ...alsoAs(id && id !== token ? `token:${id}` : null, 'Its id, as the organization lists it'),
    };
  }
  if (access === 'deploy_key') {
    const where = repo ?? textOf(event.org, 100) ?? 'unknown';
    const externalId = `deploy_key:${where}:${token ?? ''}`;
    return { issuer: 'github', type: 'deploy_key', externalId, name: `${where} · deploy key`, kind: 'api_key' };
  }
  if (access === 'oauth' && idOf(event, 'oauth_application_id')) {
    const app = idOf(event, 'oauth_application_id')!;
    const name = textOf(member(event, 'oauth_application_name'), 200) ?? `OAuth app ${app}`;
    return { issuer: 'github', type: 'oauth_app', externalId: `oauth_app:${app}`, name, kind: 'oauth_app' };
  }
  if (!actor) return null;
  const agent = isTrue(event, 'actor_is_agent') || /^copilot(?:-swe-agent)?(?:\[bot\])?$/i.test(actor);
  const bot = isTrue(event, 'actor_is_bot') || actor.endsWith('[bot]') || access === 'app';
  const id = idOf(event, 'actor_id');
  const externalId = id ?? actor.toLowerCase();
  return {
    issuer: 'github',
    type: bot ? 'app' : 'user',
    externalId: `${bot ? 'app' : 'user'}:${externalId}`,
    name: actor,
    kind: agent ? 'ai_agent' : bot ? botOf(actor) : isAutomationName(actor) ? 'service_account' : 'human',
    ...alsoAs(bot && id ? `app:${actor.toLowerCase()}` : null, 'Its login, as its installation is listed'),
  };
}

/** Another name of it, which the same record says. */
const alsoAs = (externalId: string | null, reason: string): Pick<Identity, 'alsoKnownAs'> =>
  externalId ? { alsoKnownAs: [{ issuer: 'github', externalId, reason, confidence: 1 }] } : {};

const botOf = (actor: string): Identity['kind'] =>
  /^github-actions(?:\[bot\])?$/i.test(actor) ? 'ci_pipeline' : 'oauth_app';
