import { accessorOf, bearerOf, digestOf, identityOf } from '@/lib/connectors/vault/identity-normalise';
import { lifeOf, sessionKeyOf } from '@/lib/connectors/vault/life-normalise';
import { agentFamily } from '@/lib/sessions/agent-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, listOf, numberOf, objectOf, saying, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readNetwork } from '@/lib/sessions/network-model';
import { readInstant } from '@/lib/sessions/time-model';

/** A pause longer than this splits a session, seconds. */
const GAP_SECS = 1800;

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/**
 * One entry of a Vault or OpenBao audit device. A call stands in the log twice, before and after it was done: the second
 * (`type` response) says all that the first does and how it ended, so that one is read. Session = the token, by its
 * accessor; the credential is the token's digest, by which a dead token (logged without accessor and owner) is known again.
 */
export function normalise(record: unknown): Normalised {
  const entry = objectOf(record);
  const request = objectOf(entry.request);
  const operation = textOf(request.operation, 40);
  const path = pathOf(request.path);
  if (!operation || !path)
    return rejected('is not an audit entry of Vault: request.operation or request.path is missing');
  if (entry.type === 'request') return { kind: 'skipped' };
  if (entry.type !== 'response') return rejected('is neither a request nor a response of Vault');
  const at = readInstant(entry.time);
  if (!at) return rejected('has no time that can be read');
  const id = textOf(request.id, 200);
  if (!id) return rejected('has no request.id');
  const answer = objectOf(entry.response);
  const issued = objectOf(answer.auth);
  const login = isLogin(path, issued);
  const token = digestOf(login ? issued.client_token : (request.client_token ?? objectOf(entry.auth).client_token));
  const auth = login && Object.keys(issued).length > 0 ? issued : objectOf(entry.auth);
  const known = identityOf(auth, objectOf(request.namespace));
  const identity = known ?? (token ? bearerOf(token) : null);
  if (!identity) return { kind: 'skipped' };
  const network = readNetwork(request.remote_address);
  const agent = agentFamily(listOf(objectOf(request.headers)['user-agent'])[0]);
  const accessor = accessorOf(auth.accessor ?? (login ? undefined : request.client_token_accessor));
  const life = lifeOf(path, operation, request, token);
  const failed = textOf(entry.error, 2000) ?? textOf(objectOf(answer.data).error, 2000);
  return {
    kind: 'event',
    event: {
      source: 'vault',
      eventId: id,
      at,
      identity,
      session:
        (failed && login) || !known
          ? null
          : sessionOf(accessor, token, { path, network: network.address, agent, failed }),
      credential: token ? { externalId: token, kind: 'token' } : null,
      action: `${operation} ${actionOf(path)}`.slice(0, 200),
      class: classOf(path, operation),
      outcome: failed ? 'failure' : 'success',
      network: network.address,
      region: null,
      agent,
      resource: path,
      attributes: attributesOf(entry, auth, network.refused),
      ...toldOf({ at, auth, issued, login, path, lease: textOf(objectOf(answer.secret).lease_id, 512) }),
      ...(life && !failed ? { life } : {}),
    },
  };
}

/** Old calls carry the token they are about in their path. */
const pathOf = (value: unknown): string | null => {
  const path = textOf(value, 600);
  const token = /^(auth\/token\/(?:lookup|renew|revoke|revoke-orphan)\/)(.+)$/.exec(path ?? '');
  return token ? `${token[1]}${digestOf(token[2])}` : path;
};

/** A call that answers with a token of the caller's own. */
const isLogin = (path: string, issued: Loose): boolean =>
  (/^auth\/.+\/login(?:\/|$)/.test(path) || /^auth\/.+\/oidc\/callback$/.test(path)) &&
  (issued.client_token !== undefined || Object.keys(issued).length === 0);

interface Where {
  path: string;
  network: string | null;
  agent: string | null;
  failed: string | null;
}

/** Key: the accessor, else the token's digest. A token that revokes itself ends its session. */
function sessionOf(accessor: string | null, token: string | null, where: Where): SessionEventInput['session'] {
  if (!accessor && !token) return null;
  const from = where.network ?? 'no address';
  return {
    key: accessor ? sessionKeyOf(accessor) : `token ${token}`,
    kind: 'api',
    label: `${where.agent?.split(' ')[0] ?? 'token'} · ${from}`.slice(0, 200),
    phase: where.path === 'auth/token/revoke-self' && !where.failed ? 'close' : 'seen',
    gapSecs: GAP_SECS,
    observedBy: 'derived',
  };
}

interface Answered {
  at: string;
  auth: Loose;
  issued: Loose;
  login: boolean;
  path: string;
  lease: string | null;
}

/**
 * Trust, end and what was minted. A token's end is known only from the call that made or renewed it: `auth.token_ttl` of
 * any other call is the first TTL, and a periodic token lives on beyond it.
 */
function toldOf({ at, auth, issued, login, path, lease }: Answered): Partial<SessionEventInput> {
  const told: Partial<SessionEventInput> = {};
  const ttl = numberOf(issued.token_ttl);
  const until = ttl && ttl > 0 && ttl < 1e9 ? new Date(Date.parse(at) + ttl * 1000).toISOString() : undefined;
  const trusted = readInstant(auth.token_issue_time);
  if (trusted) told.trustedAt = trusted;
  if (until && (login || path.startsWith('auth/token/renew'))) told.expiresAt = until;
  const scope = listOf(auth.policies)
    .filter((policy) => typeof policy === 'string')
    .join(' ');
  if (scope) told.scope = scope.slice(0, 1024);
  const minted: NonNullable<SessionEventInput['minted']> = [];
  const child = login || path.startsWith('auth/token/renew') ? null : digestOf(issued.client_token);
  if (child)
    minted.push({ externalId: child, kind: 'token', how: 'delegation', ...(until ? { expiresAt: until } : {}) });
  if (lease) minted.push({ externalId: lease, kind: 'lease', how: 'role_chain' });
  if (minted.length > 0) told.minted = minted;
  return told;
}

/** A path without the names in it: `kv/data/:`, `auth/approle/login`. */
const actionOf = (path: string): string => {
  const parts = path.split('/');
  return parts.length <= 3 ? path : `${parts.slice(0, 3).join('/')}/…`;
};

const SESSION = /^auth\/(?:token\/(?:create|renew|revoke)|.+\/login(?:\/|$)|.+\/oidc\/)/;
const LOOK =
  /^(?:auth\/token\/lookup|sys\/(?:capabilities|internal|health|seal-status|leases\/lookup|tools|wrapping\/lookup))/;
const USE = /^(?:[^/]+\/)+?(?:decrypt|encrypt|rewrap|sign|verify|hmac|hash|datakey|random|code)\//;
const EXPORT = /^sys\/storage\/raft\/snapshot|^(?:[^/]+\/)+export\//;

function classOf(path: string, operation: string): SessionEventInput['class'] {
  if (SESSION.test(path)) return 'session';
  if (path.startsWith('sys/control-group/authorize')) return 'approval';
  if (EXPORT.test(path) && operation === 'read') return 'export';
  if (/^(?:read|list|header|help|scan)$/.test(operation) || LOOK.test(path)) return 'read';
  if (USE.test(path)) return path.includes('/decrypt/') || path.includes('/datakey/') ? 'read' : 'other';
  return /^(?:create|update|patch|delete|recover)$/.test(operation) ? 'change' : 'other';
}

function attributesOf(entry: Loose, auth: Loose, refused: string | null): SessionEventInput['attributes'] {
  const request = objectOf(entry.request);
  const path = pathOf(request.path) ?? '';
  return saying({
    error: textOf(entry.error, 300),
    mount: textOf(request.mount_type, 60),
    namespace: textOf(objectOf(request.namespace).path, 200),
    tokenType: textOf(auth.token_type, 20),
    displayName: textOf(auth.display_name, 200),
    orphan: path.endsWith('/create-orphan') || objectOf(request.data).no_parent === true ? true : null,
    root: listOf(auth.policies).includes('root') ? true : null,
    wrapped: Object.keys(objectOf(objectOf(entry.response).wrap_info)).length > 0 ? true : null,
    forwardedFrom: textOf(entry.forwarded_from, 200),
    sourceAddress: refused,
  });
}

/** A file whose beginning holds the field names of an audit entry: a request with an operation, and how it was signed in. */
export const sniff = (sample: string): boolean =>
  /"type"\s*:\s*"(?:request|response)"/.test(sample) &&
  /"operation"\s*:\s*"(?:read|list|create|update|delete|patch|header|help|scan)"/.test(sample) &&
  /"(?:mount_type|token_type|client_token|client_token_accessor|token_policies)"\s*:/.test(sample);
