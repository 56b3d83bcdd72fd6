import { callerOf } from '@/lib/connectors/caller-model';
import { chainOf, identityOf, isServiceAgent, keyOf } from '@/lib/connectors/google/identity-normalise';
import { delegated, lifeOf, mintedOf } from '@/lib/connectors/google/life-normalise';
import { madeId } from '@/lib/connectors/record-id-model';
import { agentFamily, isBrowser } from '@/lib/sessions/agent-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, listOf, numberOf, objectOf, parsedOf, saying, textOf, wordOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';
import { hashToken } from '@/lib/sessions/token-model';

/** A pause longer than this splits a session, seconds. */
const GAP_SECS = 1800;

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/** One Cloud Audit Logs entry, as Cloud Logging exports it or Pub/Sub delivers it. Entries without an AuditLog are no session facts. */
export function normalise(record: unknown): Normalised {
  const entry = unwrap(record);
  if (!entry) return rejected('is no log entry of Google Cloud: logName, insertId and a payload are missing');
  const payload = parsedOf(entry.protoPayload ?? entry.proto_payload);
  const method = textOf(payload.methodName, 190);
  if (!method) return { kind: 'skipped' };
  const insertId = textOf(entry.insertId, 300) ?? madeId(entry);
  if (!insertId) return rejected('has no insertId');
  const at = readInstant(entry.timestamp) ?? readInstant(entry.receiveTimestamp);
  if (!at) return rejected('has no timestamp that can be read');
  const auth = objectOf(payload.authenticationInfo);
  const identity = identityOf(auth);
  if (!identity) return { kind: 'skipped' };
  const meta = objectOf(payload.requestMetadata);
  const address = callerOf(meta.callerIp);
  const agent = agentFamily(meta.callerSuppliedUserAgent);
  const chain = chainOf(auth);
  const service = textOf(payload.serviceName, 100)?.replace(/\.googleapis\.com$/, '') ?? 'google';
  const passed = (numberOf(objectOf(payload.status).code) ?? 0) === 0;
  const seen = { who: identity.externalId, network: address.network, agent, chain, service };
  const minted = passed ? mintedOf(entry, payload, method, identity.externalId) : undefined;
  const life = passed ? lifeOf(entry, payload, method) : undefined;
  return {
    kind: 'event',
    event: {
      source: 'google',
      eventId: eventIdOf(entry, insertId),
      at,
      identity,
      ...sessionOf(auth, seen),
      action: `${service}:${method}`.slice(0, 200),
      class: classOf(entry, method),
      outcome: passed ? 'success' : 'failure',
      network: address.network,
      region: regionOf(entry),
      agent,
      resource: textOf(payload.resourceName, 1024),
      attributes: attributesOf(entry, payload, chain, address.written),
      ...(minted ? { minted } : {}),
      ...(life ? { life } : {}),
    },
  };
}

/** A LogEntry, or one that Pub/Sub (`message.data`, in base64) or Eventarc (`data`) carries. */
function unwrap(record: unknown): Loose | null {
  const outer = parsedOf(record);
  const { data } = objectOf(outer.message);
  const pushed =
    typeof data === 'string' && /^[\w+/]+=*$/.test(data) ? Buffer.from(data, 'base64').toString('utf8') : data;
  for (const entry of [outer, parsedOf(pushed), parsedOf(outer.data), parsedOf(outer.message)]) {
    if (textOf(entry.logName, 600) || entry.protoPayload !== undefined) return entry;
  }
  return null;
}

/** An insertId is unique within its log only. A long-running operation writes a first and a last entry with ids of their own. */
const eventIdOf = (entry: Loose, insertId: string): string =>
  `${insertId} ${hashToken(textOf(entry.logName, 600) ?? '').slice(7, 23)}`;

interface Seen {
  who: string;
  network: string | null;
  agent: string | null;
  /** Through whom it was impersonated, the nearest last. */
  chain: string[];
  service: string;
}

/**
 * Google Cloud has no session ids. Derived: what one service account key, or one impersonation, does from one address.
 * Inferred: everybody else, by address and agent. Google's own service agents make none: they act in others' work.
 */
function sessionOf(
  auth: Loose,
  { who, network, agent, chain, service }: Seen,
): Pick<SessionEventInput, 'session' | 'credential' | 'parent'> {
  const key = keyOf(auth.serviceAccountKeyName);
  const nearest = chain.at(-1);
  const credential = key
    ? { externalId: key, kind: 'service_account_key' }
    : nearest
      ? { externalId: delegated(who, nearest), kind: 'token' }
      : null;
  const parent = nearest ? { parent: { how: 'delegation' as const, credential: delegated(who, nearest) } } : {};
  if (isServiceAgent(who)) return { session: null, credential, ...parent };
  if (!credential && !network && !agent) return { session: null, credential };
  return {
    session: {
      key: [who, credential?.externalId, network, credential ? null : agent].filter(Boolean).join(' ').slice(0, 2048),
      kind: isBrowser(agent) ? 'browser' : /\.gserviceaccount\.com$/.test(who) ? 'service' : 'api',
      label: `${agent?.split(' ')[0] ?? service} · ${network ?? 'no address'}`.slice(0, 200),
      phase: 'seen',
      gapSecs: GAP_SECS,
      observedBy: credential ? 'derived' : 'inferred',
    },
    credential,
    ...parent,
  };
}

const READ =
  /^(?:get|list|search|query|lookup|describe|read|watch|check|test|validate|aggregatedList|export|batchGet|fetch|preview|simulate|count|view)/i;

function classOf(entry: Loose, method: string): SessionEventInput['class'] {
  const verb = method.split('.').at(-1) ?? method;
  if (/^Generate(?:Access|Id)Token$|^SignJwt$|^SignBlob$|^ExchangeToken$|AssertionLogin|google\.login/i.test(verb))
    return 'session';
  if (/approve/i.test(verb)) return 'approval';
  if (/^(?:export|extract|download)|\.export$/i.test(verb)) return 'export';
  if (READ.test(verb)) return 'read';
  const log = textOf(entry.logName, 600) ?? '';
  return log.endsWith('data_access') && !/insert|create|update|patch|delete|set|write|add|remove|put|move/i.test(verb)
    ? 'read'
    : 'change';
}

/** `us-central1` out of where the resource is; a zone is part of its region. */
function regionOf(entry: Loose): string | null {
  const labels = objectOf(objectOf(entry.resource).labels);
  const payload = objectOf(entry.protoPayload);
  const place =
    textOf(labels.location, 64) ??
    textOf(labels.region, 64) ??
    textOf(labels.zone, 64) ??
    textOf(listOf(objectOf(payload.resourceLocation).currentLocations, 1)[0], 64);
  if (!place || place === 'global') return null;
  return place.replace(/^(.+-[a-z]+\d+)-[a-z]$/, '$1');
}

function attributesOf(
  entry: Loose,
  payload: Loose,
  chain: string[],
  refused: string | null,
): SessionEventInput['attributes'] {
  const auth = objectOf(payload.authenticationInfo);
  const status = objectOf(payload.status);
  const denied: string[] = [];
  for (const one of listOf(payload.authorizationInfo, 20)) {
    const asked = objectOf(one);
    const permission = textOf(asked.permission, 120);
    if (permission && asked.granted !== true) denied.push(permission);
  }
  return saying({
    project: textOf(objectOf(objectOf(entry.resource).labels).project_id, 100),
    log: /%2F(\w+)$/.exec(textOf(entry.logName, 600) ?? '')?.[1],
    severity: textOf(entry.severity, 20),
    error: numberOf(status.code) || null,
    message: textOf(status.message, 300),
    delegation: chain.join(' < '),
    originalPrincipal: textOf(objectOf(auth.serviceDelegationHistory).originalPrincipal, 200),
    subject: textOf(auth.principalEmail, 10) ? textOf(auth.principalSubject, 300) : null,
    denied: denied.join(' ').slice(0, 400),
    operation: wordOf(objectOf(entry.operation).id, 200),
    // `private` and `gce-internal-ip` say that the caller was inside Google's network.
    sourceAddress: refused,
  });
}

/** A file whose beginning holds Cloud Audit Logs' own type or log name. */
export const sniff = (sample: string): boolean =>
  /type\.googleapis\.com\/google\.cloud\.audit\.AuditLog|logs\/cloudaudit\.googleapis\.com%2F/.test(sample);
