import { SESSION_KINDS, type SessionEventInput } from '@/lib/sessions/model';

const MEMBERS = new Set([
  'source',
  'eventId',
  'at',
  'identity',
  'session',
  'credential',
  'action',
  'class',
  'outcome',
  'network',
  'region',
  'agent',
  'resource',
  'attributes',
]);
const KINDS = new Set<string>([
  'service_account',
  'api_key',
  'workload',
  'oauth_app',
  'ai_agent',
  'ci_pipeline',
  'human',
]);
const CLASSES = new Set<string>(['read', 'change', 'approval', 'export', 'session', 'other']);
const SESSIONS = new Set<string>(SESSION_KINDS);

const text = (value: unknown, most: number, least = 0): boolean =>
  typeof value === 'string' && value.length <= most && value.length >= least;
const maybe = (value: unknown, most: number): boolean => value === null || text(value, most);

/**
 * Whether an event has the strict shape of `sessionEventSchema` for sure, and tells nothing beyond its own columns: a tenth of
 * what the schema takes. false says nothing: then the schema is asked.
 */
export function isPlain(event: SessionEventInput): boolean {
  const { identity, session, credential, attributes } = event;
  let members = 0;
  for (const member in event) {
    if (!MEMBERS.has(member)) return false;
    members += 1;
  }
  return (
    members === MEMBERS.size &&
    text(event.source, 40) &&
    text(event.eventId, 512, 1) &&
    text(event.at, 40) &&
    text(event.action, 200) &&
    CLASSES.has(event.class) &&
    (event.outcome === 'success' || event.outcome === 'failure') &&
    maybe(event.network, 64) &&
    maybe(event.region, 64) &&
    maybe(event.agent, 200) &&
    maybe(event.resource, 1024) &&
    isIdentity(identity) &&
    (credential === null ||
      (size(credential) === 2 && text(credential?.externalId, 512) && text(credential.kind, 40))) &&
    (session === null || isSession(session)) &&
    isFlat(attributes)
  );
}

const size = (value: unknown): number => (typeof value === 'object' && value !== null ? Object.keys(value).length : -1);

const isIdentity = (identity: SessionEventInput['identity']): boolean =>
  size(identity) === 5 &&
  text(identity.issuer, 200) &&
  text(identity.type, 100) &&
  text(identity.externalId, 2048, 1) &&
  text(identity.name, 512, 1) &&
  KINDS.has(identity.kind);

const isSession = (session: NonNullable<SessionEventInput['session']>): boolean =>
  size(session) === 5 &&
  text(session.key, 2048, 1) &&
  SESSIONS.has(session.kind) &&
  text(session.label, 200) &&
  (session.phase === 'open' || session.phase === 'close' || session.phase === 'seen') &&
  Number.isInteger(session.gapSecs) &&
  session.gapSecs > 0 &&
  session.gapSecs <= 864_000;

function isFlat(attributes: SessionEventInput['attributes']): boolean {
  if (size(attributes) < 0 || Array.isArray(attributes)) return false;
  for (const [name, value] of Object.entries(attributes)) {
    if (name.length > 100 || name === '__proto__') return false;
    if (value === null || typeof value === 'boolean' || Number.isFinite(value)) continue;
    if (!text(value, 2000)) return false;
  }
  return true;
}
