import { callerOf } from '@/lib/connectors/caller-model';
import { type Access, accessOf, identityOf, tokenOf } from '@/lib/connectors/github/identity-normalise';
import { consentOf, lifeOf, scopeOf } from '@/lib/connectors/github/life-normalise';
import { idOf, member, unwrap } from '@/lib/connectors/github/read-normalise';
import { madeId } from '@/lib/connectors/record-id-model';
import { agentFamily, isBrowser } from '@/lib/sessions/agent-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, numberOf, objectOf, saying, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';

/** A pause longer than this splits a session, seconds. */
const GAP_SECS = 1800;
/** GitHub ends a workflow run after 35 days at the latest; one that shows nothing for six hours has lost its jobs. */
const RUN_SECS = 21_600;

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/** One event of the GitHub audit log, from its API, an export or a stream. */
export function normalise(record: unknown): Normalised {
  const event = unwrap(record);
  if (!event) return rejected('is no GitHub audit event: action and @timestamp are missing');
  const action = textOf(event.action, 200)!;
  const at = readInstant(event['@timestamp']) ?? readInstant(event.created_at);
  if (!at) return rejected('has no @timestamp or created_at that can be read');
  const eventId = textOf(event._document_id, 200) ?? madeId(event);
  if (!eventId) return rejected('has no _document_id');
  const identity = identityOf(event);
  if (!identity) return { kind: 'skipped' };
  const address = callerOf(member(event, 'actor_ip'));
  const agent = agentFamily(member(event, 'user_agent'));
  const access = accessOf(event);
  const code = numberOf(member(event, 'status_code'));
  const passed = code === null || code < 400;
  const told = sessionOf(event, { action, access, who: identity.externalId, network: address.network, agent });
  const country = textOf(objectOf(member(event, 'actor_location')).country_code, 10);
  const life = passed ? lifeOf(event, action) : undefined;
  const consent = passed ? consentOf(event, action, identity.name, at) : undefined;
  const scope = scopeOf(event);
  const run = idOf(event, 'workflow_run_id');
  return {
    kind: 'event',
    event: {
      source: 'github',
      eventId,
      at,
      identity,
      ...told,
      action: actionOf(event, action),
      class: classOf(event, action),
      outcome: passed ? 'success' : 'failure',
      network: address.network,
      region: country,
      agent,
      resource: textOf(member(event, 'repo'), 1024) ?? textOf(event.org, 200) ?? textOf(event.business, 200),
      attributes: attributesOf(event, code, address.written),
      ...(scope ? { scope } : {}),
      ...(life ? { life } : {}),
      ...(consent ? { consent } : {}),
      ...(run ? { run: `github run ${run}`, task: textOf(member(event, 'name'), 200) ?? `run ${run}` } : {}),
    },
  };
}

interface Seen {
  action: string;
  access: Access | null;
  who: string;
  network: string | null;
  agent: string | null;
}

const CREDENTIALS: Record<Access, string> = {
  pat: 'personal_access_token',
  oauth: 'oauth_token',
  app: 'installation_token',
  app_user: 'user_access_token',
  deploy_key: 'ssh_key',
  ssh_key: 'ssh_key',
  other: 'token',
};

/**
 * Native: a workflow run, from its start to its end. Derived: what one token does, by its hash; installation tokens are
 * minted anew all the time, so an app's calls are told apart by address and agent instead. Inferred: a person in the
 * browser, by address, country and agent.
 */
function sessionOf(
  event: Loose,
  { action, access, who, network, agent }: Seen,
): Pick<SessionEventInput, 'session' | 'credential' | 'parent'> {
  const run = idOf(event, 'workflow_run_id');
  const token = tokenOf(event);
  const id = idOf(event, 'token_id');
  const country = textOf(objectOf(member(event, 'actor_location')).country_code, 10);
  const label = `${agent?.split(' ')[0] ?? access ?? 'web'} · ${network ?? country ?? 'no address'}`.slice(0, 200);
  const credential =
    access && (id || token) ? { externalId: id ? `token:${id}` : token!, kind: CREDENTIALS[access] } : null;
  if (run && /^workflows\.(?:created|completed|cancel)_?workflow_run$/.test(action)) {
    const attempt = idOf(event, 'run_attempt') ?? '1';
    return {
      session: {
        key: `run ${run} ${attempt}`,
        kind: 'job',
        label: `${textOf(member(event, 'name'), 120) ?? 'workflow'} · run ${run}`,
        phase: action.startsWith('workflows.created') ? 'open' : 'close',
        gapSecs: RUN_SECS,
        observedBy: 'native',
      },
      credential: null,
      ...onBehalfOf(event),
    };
  }
  const base = { kind: isBrowser(agent) ? 'browser' : 'api', label, phase: 'seen', gapSecs: GAP_SECS } as const;
  const parent = access === 'app_user' || access === 'oauth' || access === 'pat' ? onBehalfOf(event) : {};
  if (token && access !== 'app') {
    return { session: { ...base, key: `token ${token}`, observedBy: 'derived' }, credential, ...parent };
  }
  if (access === 'deploy_key' || access === 'ssh_key') {
    return {
      session: { ...base, key: [who, id, network].filter(Boolean).join(' '), observedBy: 'derived' },
      credential,
    };
  }
  const place = network ?? country;
  if (!place && !agent && !access) return { session: null, credential };
  return {
    session: { ...base, key: [who, access, place, agent].filter(Boolean).join(' '), observedBy: 'inferred' },
    credential,
    ...parent,
  };
}

/** The person a token acts for. */
function onBehalfOf(event: Loose): Pick<SessionEventInput, 'parent'> {
  const person = idOf(event, 'actor_id') ?? textOf(event.actor, 200)?.toLowerCase();
  return person ? { parent: { how: 'delegation', credential: `user:${person}` } } : {};
}

function actionOf(event: Loose, action: string): string {
  const route = textOf(member(event, 'route'), 120);
  const method = textOf(member(event, 'request_method'), 10);
  return action === 'api.request' && route ? `${action} ${method ?? ''} ${route}`.slice(0, 200) : action;
}

function classOf(event: Loose, action: string): SessionEventInput['class'] {
  if (action === 'api.request')
    return /^(?:GET|HEAD|OPTIONS)$/i.test(textOf(member(event, 'request_method'), 10) ?? 'GET') ? 'read' : 'change';
  if (/^git\.(?:clone|fetch)$/.test(action)) return 'read';
  if (/export|download|\.transfer$|_archive/.test(action)) return 'export';
  if (/approve|pull_request_review\.submit$|^(?:protected_branch\.policy_override)$/.test(action)) return 'approval';
  if (
    /^(?:user\.(?:login|logout|failed_login|two_factor)|org\.sso_response|business\.sso_response|external_identity\.|workflows\.(?:created|completed|prepared|cancel))/.test(
      action,
    )
  )
    return 'session';
  return /\.(?:read|view|list|search)/.test(action) ? 'read' : 'change';
}

function attributesOf(event: Loose, code: number | null, refused: string | null): SessionEventInput['attributes'] {
  return saying({
    actor: textOf(event.actor, 200),
    access: textOf(member(event, 'programmatic_access_type'), 100),
    org: textOf(event.org, 100),
    business: textOf(event.business, 100),
    user: textOf(member(event, 'user'), 100),
    operation: textOf(member(event, 'operation_type'), 40),
    code,
    event: textOf(member(event, 'event'), 60),
    branch: textOf(member(event, 'head_branch'), 200),
    conclusion: textOf(member(event, 'conclusion'), 40),
    transport: textOf(member(event, 'transport_protocol_name'), 20),
    externalName: textOf(member(event, 'external_identity_nameid'), 200),
    installation: idOf(event, 'installation_id'),
    sourceAddress: refused,
  });
}

/** A file whose beginning holds the audit log's own field names. */
export const sniff = (sample: string): boolean =>
  /\\?"action\\?"\s*:\s*\\?"[a-z0-9_]+\.[a-z0-9_.]+\\?"/.test(sample) &&
  /\\?"(?:_document_id|actor_id|actor_location|programmatic_access_type|business_id|org_id)\\?"\s*:/.test(sample) &&
  /\\?"(?:@timestamp|created_at)\\?"\s*:\s*\\?"?\d/.test(sample);
