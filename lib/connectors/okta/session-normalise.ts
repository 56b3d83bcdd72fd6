import { apiTokenOf } from '@/lib/connectors/okta/identity-normalise';
import { failed, member, said } from '@/lib/connectors/okta/read-normalise';
import { isBrowser } from '@/lib/sessions/agent-model';
import { type Loose, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

/** A pause longer than this splits a session that is only derived, seconds. */
const GAP_SECS = 1800;
/** Okta's longest idle time of a session that is in use by default: two hours. */
const NATIVE_GAP_SECS = 7200;
/** An access token lives for an hour unless the authorization server says otherwise. */
const TOKEN_SECS = 3600;

interface Seen {
  type: string;
  network: string | null;
  agent: string | null;
}

type Told = Pick<SessionEventInput, 'session' | 'credential' | 'parent'>;

const NO_SESSION: Told = { session: null, credential: null };

/**
 * Which session it is. Native: `externalSessionId`, from `user.session.start` to `user.session.end`; ids that begin with
 * `trs` are made anew for every request, so those events belong to the `rootSessionId`, where there is one. Derived: the
 * API token. Inferred: an OAuth client or person by id, address and agent. A sign-in that failed has made no session.
 */
export function sessionOf(event: Loose, { type, network, agent }: Seen): Told {
  const actor = objectOf(event.actor);
  const actorType = textOf(actor.type, 100) ?? 'User';
  const actorId = said(actor.id, 400);
  const token = apiTokenOf(event);
  const label = `${agent?.split(' ')[0] ?? actorType} · ${network ?? 'no address'}`.slice(0, 200);
  const kind = isBrowser(agent) ? 'browser' : 'api';
  const base = { kind, label, phase: 'seen', gapSecs: GAP_SECS } as const;
  if (token) {
    return {
      session: { ...base, key: `token ${token} ${network ?? ''}`.trim(), observedBy: 'derived' },
      credential: { externalId: token, kind: 'api_token' },
      ...(actorId ? { parent: { how: 'delegation', credential: `user:${actorId}` } } : {}),
    };
  }
  if (failed(event) && /^user\.(?:session\.start|authentication\.)/.test(type)) return NO_SESSION;
  const context = objectOf(member(event, 'authenticationContext'));
  const own = said(member(context, 'externalSessionId'), 400);
  const root = said(member(context, 'rootSessionId'), 400);
  const native = own && !own.startsWith('trs') ? own : root;
  if (native && !/system/i.test(actorType)) {
    const phase = native === own ? phaseOf(type) : 'seen';
    return {
      session: { ...base, key: native, phase, gapSecs: NATIVE_GAP_SECS, observedBy: 'native' },
      credential: null,
      ...(root && root !== native ? { parent: { how: 'delegation', key: root } } : {}),
    };
  }
  if (!actorId || /system/i.test(actorType) || !network) return NO_SESSION;
  const client = /client|app|agent/i.test(actorType);
  const gapSecs = client ? TOKEN_SECS : GAP_SECS;
  return {
    session: { ...base, key: `${actorId} ${network} ${agent ?? ''}`.trim(), gapSecs, observedBy: 'inferred' },
    credential: client ? { externalId: `client:${actorId}`.slice(0, 512), kind: 'oauth_client' } : null,
  };
}

function phaseOf(type: string): 'open' | 'close' | 'seen' {
  if (type === 'user.session.start') return 'open';
  return /^user\.session\.(?:end|expire)$/.test(type) ? 'close' : 'seen';
}
