import { type Loose, listOf, numberOf, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant, readTime } from '@/lib/sessions/time-model';

type Life = NonNullable<SessionEventInput['life']>;

/**
 * The service account token a TokenRequest gave out, by the id its later use is logged with, and its end. The token itself
 * stands in the answer at level RequestResponse, and is not read.
 */
export function mintedOf(event: Loose): SessionEventInput['minted'] {
  const ref = objectOf(event.objectRef);
  if (event.verb !== 'create' || ref.resource !== 'serviceaccounts' || ref.subresource !== 'token') return undefined;
  const externalId = textOf(objectOf(event.annotations)['authentication.kubernetes.io/issued-credential-id'], 300);
  if (!externalId) return undefined;
  const until = expiryOf(event);
  return [{ externalId, kind: 'token', how: 'delegation', ...(until ? { expiresAt: until } : {}) }];
}

function expiryOf(event: Loose): string | null {
  const told = readInstant(objectOf(objectOf(event.responseObject).status).expirationTimestamp);
  if (told) return told;
  const seconds = numberOf(objectOf(objectOf(event.requestObject).spec).expirationSeconds);
  const from = readTime(event.requestReceivedTimestamp);
  if (seconds === null || from === null || seconds <= 0 || seconds > 1e9) return null;
  return new Date(from + seconds * 1000).toISOString();
}

/** Bindings that make whoever has them master of the cluster. */
const MASTER = /^(?:cluster-admin|admin|system:masters)$/;

/** What a successful change says of the life of a service account or its token. */
export function lifeOf(event: Loose): Life | undefined {
  const ref = objectOf(event.objectRef);
  const [namespace, name] = [textOf(ref.namespace, 63), textOf(ref.name, 253)];
  if (ref.resource === 'serviceaccounts' && !ref.subresource && namespace && name) {
    const what = event.verb === 'create' ? 'created' : event.verb === 'delete' ? 'deleted' : null;
    if (!what) return undefined;
    return about('identity', what, `system:serviceaccount:${namespace}:${name}`);
  }
  if (ref.resource === 'secrets' && event.verb === 'delete' && namespace && name && /-token-[a-z0-9]{5}$/.test(name)) {
    return { of: 'credential', what: 'deleted', externalId: `secret:${namespace}/${name}` };
  }
  if (
    /^(?:cluster)?rolebindings$/.test(textOf(ref.resource, 60) ?? '') &&
    /^(?:create|update|patch)$/.test(textOf(event.verb, 20) ?? '')
  ) {
    const bound = objectOf(event.requestObject);
    if (!MASTER.test(textOf(objectOf(bound.roleRef).name, 100) ?? '')) return undefined;
    const subject = objectOf(listOf(bound.subjects, 1)[0]);
    const who = textOf(subject.name, 253);
    if (!who) return undefined;
    const account = subject.kind === 'ServiceAccount';
    return about(
      'identity',
      'privileged',
      account ? `system:serviceaccount:${textOf(subject.namespace, 63) ?? namespace ?? 'default'}:${who}` : who,
    );
  }
  return undefined;
}

const about = (of: Life['of'], what: Life['what'], externalId: string): Life => ({
  of,
  what,
  externalId,
  identity: {
    issuer: 'kubernetes',
    type: externalId.startsWith('system:serviceaccount:') ? 'serviceaccount' : 'user',
    externalId,
  },
});
