import { isAutomationName } from '@/lib/connectors/account-model';
import { member, said } from '@/lib/connectors/okta/read-normalise';
import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

type Identity = SessionEventInput['identity'];

function kindOf(type: string, login: string | null): Identity['kind'] {
  if (/agent/i.test(type)) return 'ai_agent';
  if (/client|app/i.test(type)) return 'oauth_app';
  if (/system|service|workload/i.test(type)) return 'workload';
  return isAutomationName(login) ? 'service_account' : 'human';
}

/** The API token a call was made with: `transaction.detail.requestApiTokenId`. An id, not the token. */
export const apiTokenOf = (event: Loose): string | null =>
  said(member(objectOf(objectOf(event.transaction).detail), 'requestApiTokenId'), 200);

/**
 * Who did it. A call with an API token is that token's: it is a credential of its own that outlives its owner's sessions,
 * and the owner stays beside it as the one it acts for. Otherwise the actor. null: the event names nobody.
 */
export function identityOf(event: Loose): Identity | null {
  const actor = objectOf(event.actor);
  const id = said(actor.id, 400);
  const login = said(member(actor, 'alternateId'), 300)?.toLowerCase() ?? null;
  const token = apiTokenOf(event);
  if (token) {
    const owner = login ?? id;
    return {
      issuer: 'okta',
      type: 'ApiToken',
      externalId: `token:${token}`,
      name: `${owner ? `${owner} · ` : ''}API token ${token.slice(-8)}`.slice(0, 512),
      kind: 'api_key',
    };
  }
  if (!id) return null;
  const type = textOf(actor.type, 100) ?? 'User';
  const shown = said(member(actor, 'displayName'), 300);
  const name = type === 'User' ? (login ?? shown) : (shown ?? login);
  return { issuer: 'okta', type, externalId: id, name: name ?? id, kind: kindOf(type, login) };
}
