import { botOf, identityOf, instanceOf, issuerOf } from '@/lib/connectors/teleport/identity-normalise';
import { type Loose, listOf, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';

type Session = NonNullable<SessionEventInput['session']>;
type Life = NonNullable<SessionEventInput['life']>;

/** A pause longer than this splits a session that is only derived, seconds. */
const GAP_SECS = 1800;
/** Longest silence of a bot instance whose certificate lives for days, seconds. */
const GAP_MOST = 864_000;
const DAY_SECS = 86_400;

const OPEN = /^(?:(?:db|app|windows\.desktop)\.)?session\.start$|^mcp\.session\.start$/;
const CLOSE = /^(?:(?:db|app|windows\.desktop)\.)?session\.end$|^mcp\.session\.end$/;
/** Come after a session's end, or are not part of what was done in it. */
const AFTER = /^session\.(?:leave|upload|recording\.access|data|rejected)$/;

const JOIN = /^(?:bot\.join|cert\.create|instance\.join)$/;

const KIND: [RegExp, Session['kind']][] = [
  [/^db\./, 'database'],
  [/^app\./, 'service'],
  [/^mcp\./, 'agent'],
  [/^windows\./, 'browser'],
];

const instanceKey = (id: string): string => `bot-instance ${id}`;

/**
 * Native: `sid`, from `session.start` to `session.end` (SSH, Kubernetes exec, database, application, desktop). A bot
 * instance is a session of its own, for as long as it renews its certificate. Derived: requests to a Kubernetes cluster,
 * by user, cluster and address.
 */
export function sessionOf(
  event: Loose,
  { type, network, failed }: { type: string; network: string | null; failed: boolean },
): Session | null {
  const sid = textOf(event.sid, 200);
  const where =
    textOf(event.server_hostname, 100) ??
    textOf(event.db_service, 100) ??
    textOf(event.app_name, 100) ??
    textOf(event.kubernetes_cluster, 100);
  const label = `${where ?? botOf(event) ?? type} · ${network ?? 'no address'}`.slice(0, 200);
  const kind =
    KIND.find(([pattern]) => pattern.test(type))?.[1] ?? (identityOf(event)?.type === 'bot' ? 'worker' : 'service');
  if (sid && sid.length > 8 && !AFTER.test(type)) {
    if (failed && OPEN.test(type)) return null;
    const phase = OPEN.test(type) ? 'open' : CLOSE.test(type) ? 'close' : 'seen';
    return { key: sid, kind, label, phase, gapSecs: DAY_SECS, observedBy: 'native' };
  }
  if (failed) return null;
  const instance = instanceOf(event);
  const bot = botOf(event);
  if (bot && JOIN.test(type) && !instance) {
    // Before instances were told apart: a bot and where it runs.
    return { key: `bot ${bot} ${network ?? ''}`.trim(), kind: 'worker', label, phase: 'seen', gapSecs: gapOf(event) };
  }
  if (instance && JOIN.test(type)) {
    return {
      key: instanceKey(instance),
      kind: 'worker',
      label,
      phase: 'seen',
      gapSecs: gapOf(event),
      observedBy: 'native',
    };
  }
  if (type !== 'kube.request') return null;
  const key = [instance ?? textOf(event.user, 300), textOf(event.kubernetes_cluster, 200), network]
    .filter(Boolean)
    .join(' ');
  return { key: `kube ${key}`, kind: 'api', label, phase: 'seen', gapSecs: GAP_SECS, observedBy: 'derived' };
}

/** An instance is silent until its certificate has to be renewed. */
function gapOf(event: Loose): number {
  const until = Date.parse(readInstant(objectOf(event.identity).expires) ?? '');
  const secs = Math.ceil((until - Date.parse(readInstant(event.time) ?? '')) / 1000);
  return Number.isFinite(secs) ? Math.min(Math.max(secs, GAP_SECS), GAP_MOST) : 3600;
}

/** What it is bound to, may, was approved for, and until when. */
export function toldOf(event: Loose, type: string): Partial<SessionEventInput> {
  const identity = objectOf(event.identity);
  const told: Partial<SessionEventInput> = {};
  const roles = listOf(identity.roles ?? event.roles)
    .filter((role) => typeof role === 'string')
    .join(' ');
  if (roles) told.scope = roles.slice(0, 1024);
  const until = readInstant(identity.expires);
  if (type === 'cert.create' && until && !until.startsWith('0001')) told.expiresAt = until;
  const device = textOf(objectOf(event.trusted_device ?? identity.trusted_device).device_id, 200);
  const pod = objectOf(objectOf(objectOf(event.attributes)['kubernetes.io']).pod);
  const runtime = textOf(pod.name, 200) ?? textOf(objectOf(event.attributes).run_id, 200);
  if (device || runtime) told.binding = { ...(device ? { device } : {}), ...(runtime ? { runtime } : {}) };
  if (event.with_mfa !== undefined || identity.mfa_verified !== undefined) told.acr = 'mfa';
  const instance = instanceOf(event);
  if (textOf(event.sid, 200) && instance) told.parent = { how: 'delegation', key: instanceKey(instance) };
  const request = textOf(listOf(event.access_requests ?? identity.active_requests)[0], 200);
  if (request) told.consent = { id: request };
  if (type === 'access_request.review' || (type === 'access_request.update' && event.state === 'APPROVED')) {
    const by = textOf(event.reviewer, 300) ?? textOf(event.updated_by, 300);
    const at = readInstant(event.time);
    told.consent = {
      ...(textOf(event.id, 200) ? { id: textOf(event.id, 200)! } : {}),
      ...(by ? { by } : {}),
      ...(roles ? { scope: told.scope! } : {}),
      ...(at ? { at } : {}),
    };
  }
  return told;
}

/** Locks, and the ends of bots, users and join tokens. */
export function lifeOf(event: Loose, type: string): Life | undefined {
  const name = textOf(event.name, 300);
  const issuer = issuerOf(event);
  const of = (kind: 'bot' | 'user', what: Life['what'], externalId: string): Life => ({
    of: 'identity',
    what,
    externalId,
    identity: { issuer, type: kind, externalId },
  });
  if (type === 'bot.delete' && name) return of('bot', 'deleted', name);
  if (type === 'user.delete' && name) return of('user', 'deleted', name);
  if (type === 'join_token.delete' && name)
    return { of: 'credential', what: 'deleted', externalId: `join-token ${name}` };
  if (type === 'user.password_change' || type === 'user.password.change') {
    const user = textOf(event.user, 300);
    return user ? { of: 'credential', what: 'rotated', externalId: `user:${user}` } : undefined;
  }
  if (type !== 'lock.created') return undefined;
  const target = objectOf(event.target);
  const instance = textOf(target.bot_instance_id, 100);
  if (instance) return { of: 'session', what: 'revoked', externalId: instanceKey(instance) };
  const token = textOf(target.join_token, 300);
  if (token) return { of: 'credential', what: 'disabled', externalId: `join-token ${token}` };
  const user = textOf(target.user, 300);
  if (!user) return undefined;
  return user.startsWith('bot-') ? of('bot', 'disabled', user.slice(4)) : of('user', 'disabled', user);
}
