import { accountIn, keyOf } from '@/lib/connectors/google/identity-normalise';
import { type Loose, listOf, numberOf, objectOf, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readInstant } from '@/lib/sessions/time-model';

type Life = NonNullable<SessionEventInput['life']>;

/** The service account an entry is about: by e-mail, which its own calls carry. */
export function targetOf(entry: Loose, payload: Loose): string | null {
  const labels = objectOf(objectOf(entry.resource).labels);
  const email =
    textOf(labels.email_id, 300) ?? accountIn(objectOf(payload.request).name) ?? accountIn(payload.resourceName);
  return email?.toLowerCase() ?? null;
}

/**
 * Credentials IAM Credentials gave out for a service account. Google logs no id for such a token: it is known by the
 * service account and by who asked for it, which its later use names too (`serviceAccountDelegationInfo`).
 */
export function mintedOf(entry: Loose, payload: Loose, method: string, by: string): SessionEventInput['minted'] {
  if (!/^(?:google\.iam\.credentials\.v\d\.IAMCredentials\.)?Generate(?:Access|Id)Token$/.test(method))
    return undefined;
  const account = targetOf(entry, payload);
  if (!account) return undefined;
  // Through other service accounts: the last of them is who the target sees.
  let nearest = by;
  for (const one of listOf(
    objectOf(payload.request).delegates ?? objectOf(payload.metadata).identityDelegationChain,
    8,
  )) {
    const through = accountIn(one);
    if (through && through !== account) nearest = through;
  }
  const seconds = numberOf((textOf(objectOf(payload.request).lifetime, 20) ?? '').replace(/s$/, ''));
  const from = readInstant(entry.timestamp);
  const expiresAt =
    from && seconds && seconds > 0 && seconds <= 43_200
      ? new Date(Date.parse(from) + seconds * 1000).toISOString()
      : null;
  return [
    { externalId: delegated(account, nearest), kind: 'token', how: 'delegation', ...(expiresAt ? { expiresAt } : {}) },
  ];
}

/** How a service account's impersonation by somebody is named, when it is minted and when it is used. */
export const delegated = (account: string, by: string): string => `as:${account} by:${by}`.slice(0, 512);

const ROLES =
  /^roles\/(?:owner|editor|iam\.(?:serviceAccountTokenCreator|securityAdmin|serviceAccountKeyAdmin|organizationRoleAdmin)|resourcemanager\.\w*[aA]dmin)$/;

/** What a successful call says of the life of a service account or its key. */
export function lifeOf(entry: Loose, payload: Loose, method: string): Life | undefined {
  const verb = method.split('.').at(-1) ?? '';
  const email = targetOf(entry, payload);
  const identity = email?.includes('@') ? { issuer: 'google', type: 'serviceAccount', externalId: email } : undefined;
  const keyVerb = /^(Create|Upload|Delete|Disable|Enable)ServiceAccountKey$/.exec(verb)?.[1];
  if (keyVerb) {
    const asked = objectOf(payload.request);
    const key = keyOf(objectOf(payload.response).name) ?? keyOf(asked.name) ?? keyOf(payload.resourceName);
    const what = (
      { Create: 'created', Upload: 'created', Delete: 'deleted', Disable: 'disabled', Enable: 'enabled' } as const
    )[keyVerb as 'Create'];
    return key ? { of: 'credential', what, externalId: key, ...(identity ? { identity } : {}) } : undefined;
  }
  const verbs = {
    CreateServiceAccount: 'created',
    DeleteServiceAccount: 'deleted',
    UndeleteServiceAccount: 'enabled',
    DisableServiceAccount: 'disabled',
    EnableServiceAccount: 'enabled',
  } as const;
  const what = Object.hasOwn(verbs, verb) ? verbs[verb as keyof typeof verbs] : undefined;
  if (what && identity) return { of: 'identity', what, externalId: identity.externalId, identity };
  return verb === 'SetIamPolicy' ? privileged(payload) : undefined;
}

/** The first account that a change of policy made powerful. */
function privileged(payload: Loose): Life | undefined {
  const delta = objectOf(objectOf(payload.serviceData).policyDelta ?? objectOf(objectOf(payload.metadata).policyDelta));
  for (const one of listOf(delta.bindingDeltas, 50)) {
    const binding = objectOf(one);
    const member = /^(serviceAccount|user):([^\s]+@[^\s]+)$/.exec(textOf(binding.member, 400) ?? '');
    if (binding.action !== 'ADD' || !member || !ROLES.test(textOf(binding.role, 200) ?? '')) continue;
    const externalId = member[2]!.toLowerCase();
    return {
      of: 'identity',
      what: 'privileged',
      externalId,
      identity: { issuer: 'google', type: member[1]!, externalId },
    };
  }
  return undefined;
}
