import { callerOf } from '@/lib/connectors/caller-model';
import { credentialOf, identityOf, runtimeOf } from '@/lib/connectors/kubernetes/identity-normalise';
import { lifeOf, mintedOf } from '@/lib/connectors/kubernetes/life-normalise';
import { extraOf, streams, unwrap } from '@/lib/connectors/kubernetes/read-normalise';
import { agentFamily } from '@/lib/sessions/agent-model';
import type { Normalised } from '@/lib/sessions/import-model';
import { type Loose, listOf, numberOf, objectOf, saying, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';

/** A pause longer than this splits a session, seconds. */
const GAP_SECS = 1800;

const rejected = (reason: string): Normalised => ({ kind: 'rejected', reason });

/**
 * One audit event of a Kubernetes API server (audit.k8s.io/v1). Each request is told once: at ResponseComplete, or at
 * Panic; a watch, exec, attach or port-forward also at ResponseStarted, because it goes on from there.
 */
export function normalise(record: unknown): Normalised {
  const event = unwrap(record);
  if (!event)
    return rejected('is no audit event of a Kubernetes API server: apiVersion audit.k8s.io, kind Event, auditID');
  const stage = textOf(event.stage, 40);
  const stream = streams(event);
  if (stage === 'RequestReceived' || (stage === 'ResponseStarted' && !stream)) return { kind: 'skipped' };
  if (!stage) return rejected('has no stage');
  const at = readInstant(event.stageTimestamp) ?? readInstant(event.requestReceivedTimestamp);
  if (!at) return rejected('has no stageTimestamp that can be read');
  const user = objectOf(event.user);
  const identity = identityOf(user);
  if (!identity) return { kind: 'skipped' };
  const address = callerOf(listOf(event.sourceIPs, 1)[0]);
  const agent = agentFamily(event.userAgent);
  const code = numberOf(objectOf(event.responseStatus).code);
  const forbidden = objectOf(event.annotations)['authorization.k8s.io/decision'] === 'forbid';
  const passed = stage !== 'Panic' && !forbidden && (code === null || code < 400);
  const credential = credentialOf(user);
  const runtime = runtimeOf(user);
  const minted = passed ? mintedOf(event) : undefined;
  const life = passed ? lifeOf(event) : undefined;
  const boundKey = credential?.kind === 'certificate' ? credential.externalId : null;
  return {
    kind: 'event',
    event: {
      source: 'kubernetes',
      eventId: `${textOf(event.auditID, 200)} ${stage}`,
      at,
      identity,
      session: sessionOf(event, { user, stream: stream && passed, stage, network: address.network, agent }),
      credential,
      action: actionOf(event),
      class: classOf(event),
      outcome: passed ? 'success' : 'failure',
      network: address.network,
      region: null,
      agent,
      resource: resourceOf(objectOf(event.objectRef)) ?? textOf(event.requestURI, 1024)?.split('?')[0] ?? null,
      attributes: attributesOf(event, code, address.written),
      ...(runtime || boundKey
        ? { binding: { ...(runtime ? { runtime } : {}), ...(boundKey ? { boundKey } : {}) } }
        : {}),
      ...(minted ? { minted } : {}),
      ...(life ? { life } : {}),
    },
  };
}

interface Asked {
  user: Loose;
  stream: boolean;
  stage: string;
  network: string | null;
  agent: string | null;
}

/**
 * Native: a watch, exec, attach or port-forward, by its auditID, from beginning to end. Derived: everything one credential
 * does. Inferred, where the server logs no credential id: who, from which address and agent.
 */
function sessionOf(event: Loose, { user, stream, stage, network, agent }: Asked): SessionEventInput['session'] {
  const who = textOf(user.username, 512)!;
  const ref = objectOf(event.objectRef);
  const target = [textOf(ref.resource, 60), textOf(ref.subresource, 40)].filter(Boolean).join('/');
  if (stream) {
    const what = event.verb === 'watch' ? 'watch' : (textOf(ref.subresource, 40) ?? 'stream');
    return {
      key: `audit ${textOf(event.auditID, 200)}`,
      kind: event.verb === 'watch' ? 'service' : 'agent',
      label: `${what} ${textOf(ref.resource, 60) ?? ''} · ${network ?? 'no address'}`.slice(0, 200),
      phase: stage === 'ResponseStarted' ? 'open' : 'close',
      gapSecs: GAP_SECS,
      observedBy: 'native',
    };
  }
  const id = credentialOf(user)?.externalId;
  return {
    key: id ? `${who} ${id}` : [who, network, agent].filter(Boolean).join(' '),
    kind: /kubectl|k9s|Lens|Mozilla|Headlamp/i.test(agent ?? '') ? 'api' : 'service',
    label: `${agent?.split(' ')[0] ?? (target || 'API')} · ${network ?? 'no address'}`.slice(0, 200),
    phase: 'seen',
    gapSecs: GAP_SECS,
    observedBy: id ? 'derived' : 'inferred',
  };
}

function actionOf(event: Loose): string {
  const ref = objectOf(event.objectRef);
  const group = textOf(ref.apiGroup, 60);
  const resource = textOf(ref.resource, 60);
  const sub = textOf(ref.subresource, 40);
  const verb = textOf(event.verb, 30) ?? 'request';
  if (!resource) return `${verb} non-resource`;
  return `${verb} ${resource}${sub ? `/${sub}` : ''}${group ? `.${group}` : ''}`.slice(0, 200);
}

function classOf(event: Loose): SessionEventInput['class'] {
  const ref = objectOf(event.objectRef);
  const verb = textOf(event.verb, 30) ?? '';
  const sub = textOf(ref.subresource, 60);
  if (sub === 'approval' || verb === 'approve') return 'approval';
  if (sub === 'token' || /^(?:tokenreviews|selfsubjectreviews)$/.test(textOf(ref.resource, 60) ?? '')) return 'session';
  if (
    /^(?:subjectaccessreviews|selfsubjectaccessreviews|selfsubjectrulesreviews|localsubjectaccessreviews)$/.test(
      textOf(ref.resource, 60) ?? '',
    )
  )
    return 'read';
  if (/^(?:exec|attach|portforward|proxy)$/.test(sub ?? '')) return 'change';
  if (/^(?:get|list|watch|head)$/.test(verb)) return 'read';
  return /^(?:create|update|patch|delete|deletecollection|post|put|bind|escalate|impersonate)$/.test(verb)
    ? 'change'
    : 'other';
}

function resourceOf(ref: Loose): string | null {
  const resource = textOf(ref.resource, 100);
  if (!resource) return null;
  return [textOf(ref.namespace, 100), resource, textOf(ref.name, 300)].filter(Boolean).join('/');
}

function attributesOf(event: Loose, code: number | null, refused: string | null): SessionEventInput['attributes'] {
  const user = objectOf(event.user);
  const annotations = objectOf(event.annotations);
  return saying({
    code,
    namespace: textOf(objectOf(event.objectRef).namespace, 100),
    actedAs: textOf(objectOf(event.impersonatedUser).username, 300),
    decision: textOf(annotations['authorization.k8s.io/decision'], 20),
    reason: textOf(annotations['authorization.k8s.io/reason'], 300),
    // A token that the server took although it is past its end, or bound to an object that is gone.
    staleToken: textOf(annotations['authentication.k8s.io/stale-token'], 200),
    legacyToken: textOf(annotations['authentication.k8s.io/legacy-token'], 200),
    node: extraOf(user, 'authentication.kubernetes.io/node-name', 200),
    pod: extraOf(user, 'authentication.kubernetes.io/pod-name', 253),
    groups: listOf(user.groups, 10)
      .filter((group) => typeof group === 'string')
      .join(' ')
      .slice(0, 300),
    sourceAddress: refused,
  });
}

/** A file whose beginning holds the audit API's own names; in another log's wrapper they are escaped. */
export const sniff = (sample: string): boolean =>
  /\\?"apiVersion\\?"\s*:\s*\\?"audit\.k8s\.io\//.test(sample) && /\\?"(?:auditID|items)\\?"\s*:/.test(sample);
