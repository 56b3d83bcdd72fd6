import type { Activity } from '@/lib/connectors/ocsf/class-model';
import { userOf } from '@/lib/connectors/ocsf/identity-normalise';
import { isBrowser } from '@/lib/sessions/agent-model';
import { type Loose, listOf, numberOf, objectOf, textOf } from '@/lib/sessions/loose-model';
import { SESSION_KINDS, type SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';
import { hashToken, holdsSecret } from '@/lib/sessions/token-model';

/** A pause longer than this splits a session that is only derived, seconds. */
const GAP_SECS = 1800;
const DAY_SECS = 86_400;

interface Seen {
  activity: Activity;
  failed: boolean;
  network: string | null;
  agent: string | null;
  identity: SessionEventInput['identity'];
}

const sessionMember = (event: Loose): Loose => {
  const own = objectOf(event.session);
  return Object.keys(own).length > 0 ? own : objectOf(objectOf(event.actor).session);
};

/** An id that is a raw token after all is kept as its digest. */
const idOf = (value: unknown): string | null => {
  const text = textOf(value, 2000);
  return text && (text.length > 400 || holdsSecret(text)) ? hashToken(text) : text;
};

/** A cloud's own back end that calls on somebody's behalf: no session of theirs. */
const isVendor = (value: unknown): boolean =>
  typeof value === 'string' && (value === 'AWS Internal' || /\.amazonaws\.com(?:\.cn)?$/.test(value.slice(-200)));

/**
 * Native: `session.uid`, else `uuid`, else `uid_alt`; a sign-in opens it and a sign-out closes it. Derived: the credential.
 * Inferred: who, address and agent. A sign-in that failed makes none.
 */
export function sessionOf(
  event: Loose,
  { activity, failed, network, agent, identity }: Seen,
): Pick<SessionEventInput, 'session' | 'credential'> {
  const session = sessionMember(event);
  const user = userOf(event, numberOf(event.class_uid) ?? 0);
  const kept = objectOf(objectOf(objectOf(event.unmapped).braid).session);
  const programmatic = objectOf(listOf(user.programmatic_credentials)[0]);
  const found = idOf(session.credential_uid) ?? idOf(user.credential_uid) ?? idOf(programmatic.uid);
  const credential = found
    ? {
        externalId: found.slice(0, 512),
        kind: (textOf(programmatic.type, 40) ?? textOf(kept.credentialKind, 40) ?? 'credential').slice(0, 40),
      }
    : null;
  const endpoint = objectOf(event.src_endpoint);
  const vendor = [endpoint.ip, endpoint.domain, endpoint.hostname, endpoint.svc_name].some(isVendor);
  if (vendor || (failed && activity.phase === 'open')) return { session: null, credential };
  const native = idOf(session.uid) ?? idOf(session.uuid) ?? idOf(session.uid_alt);
  const kind = SESSION_KINDS.find((each) => each === kept.kind) ?? (isBrowser(agent) ? 'browser' : 'api');
  const base = { kind, label: `${agent?.split(' ')[0] ?? kind} · ${network ?? 'no address'}`.slice(0, 200) };
  if (native) {
    const gapSecs = numberOf(kept.gapSecs);
    const observedBy =
      (['native', 'derived', 'inferred'] as const).find((each) => each === kept.observedBy) ?? 'native';
    return {
      session: {
        ...base,
        key: native,
        phase: activity.phase ?? 'seen',
        gapSecs:
          gapSecs && Number.isInteger(gapSecs) && gapSecs > 0 && gapSecs <= 864_000
            ? gapSecs
            : activity.phase
              ? DAY_SECS
              : GAP_SECS,
        observedBy,
      },
      credential,
    };
  }
  // Without an id a sign-out can't say what it ends.
  if (activity.phase === 'close' || activity.life || kept.none === true) return { session: null, credential };
  if (credential) {
    return {
      session: { ...base, key: `credential ${credential.externalId}`, phase: 'seen', gapSecs: GAP_SECS },
      credential,
    };
  }
  if (!network) return { session: null, credential };
  const key = `${identity.externalId} ${network} ${agent ?? ''}`.trim().slice(0, 2048);
  return { session: { ...base, key, phase: 'seen', gapSecs: GAP_SECS, observedBy: 'inferred' }, credential };
}

/** Trust, end, assurance, device, and what an agent did. */
export function toldOf(event: Loose, activity: Activity): Partial<SessionEventInput> {
  const session = sessionMember(event);
  const told: Partial<SessionEventInput> = {};
  const created = readInstant(session.created_time ?? session.created_time_dt);
  const until = readInstant(session.expiration_time ?? session.expiration_time_dt);
  if (created) told.trustedAt = created;
  if (until) told.expiresAt = until;
  if (session.is_mfa === true || event.is_mfa === true) told.acr = 'mfa';
  const device = textOf(objectOf(event.device).uid, 200) ?? textOf(objectOf(event.device).hostname, 200);
  if (device) told.binding = { device };
  const run = textOf(objectOf(event.message_context).uid, 500);
  if (run) told.run = run;
  const model = textOf(objectOf(event.ai_model).name, 200);
  const agent = textOf(objectOf(objectOf(event.actor).ai_agent ?? event.ai_agent).name, 200);
  if (model || agent)
    told.ai = { ...(model ? { model } : {}), ...(agent ? { agent } : {}), ...(run ? { conversation: run } : {}) };
  const scope = listOf(event.privileges)
    .filter((each) => typeof each === 'string')
    .join(' ');
  if (scope && !activity.life) told.scope = scope.slice(0, 1024);
  return told;
}
