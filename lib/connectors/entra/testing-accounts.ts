import { randomBytes } from 'node:crypto';
import {
  type Answers,
  error,
  type GraphWorld,
  id,
  logOf,
  missing,
  type Principal,
} from '@/lib/connectors/entra/testing-tenant';
import type { Answered, Asked } from '@/lib/connectors/testing-double';

/** Graph makes the secret, and shows it in this one answer. */
export function addPassword(
  world: GraphWorld,
  holder: { passwords: Principal['passwords'] } | undefined,
  asked: Asked,
): Answered {
  if (!holder) return missing;
  const keyId = id(500 + world.secrets.size);
  const secretText = randomBytes(30).toString('base64url');
  const now = new Date();
  const made = { keyId, startDateTime: now.toISOString(), endDateTime: `${now.getFullYear() + 2}-01-01T00:00:00Z` };
  holder.passwords = [...holder.passwords, made];
  world.secrets.set(keyId, secretText);
  const { displayName } = (asked.body as { passwordCredential: { displayName: string } }).passwordCredential;
  return { status: 200, body: { ...made, displayName, secretText, hint: secretText.slice(0, 3) } };
}

/** Registrations, accounts, ID Protection and the audit log of a tenant’s double. */
export function otherAnswers(world: GraphWorld): Answers {
  const registration = (asked: Asked) =>
    [...world.registrations.values()].find(
      (one) => one.appId === asked.params.appId || one.id === asked.params.application_id,
    );
  const application = (one: { id: string; appId: string; passwords: unknown[]; keys: unknown[] }) => ({
    id: one.id,
    appId: one.appId,
    passwordCredentials: one.passwords,
    keyCredentials: one.keys,
  });
  const user = (one: { id: string; userPrincipalName: string; accountEnabled: boolean; parent: string | null }) => ({
    '@odata.type': '#microsoft.graph.agentUser',
    id: one.id,
    userPrincipalName: one.userPrincipalName,
    accountEnabled: one.accountEnabled,
    identityParentId: one.parent,
  });
  const found = (asked: Asked) =>
    world.users.get(asked.params.user_id!) ??
    [...world.users.values()].find((one) => one.userPrincipalName === asked.params.user_id);
  const risky = (asked: Asked, compromised: boolean): Answered => {
    if (!world.licensed) return error(403, 'Authorization_RequestDenied');
    for (const one of (asked.body as { servicePrincipalIds: string[] }).servicePrincipalIds) {
      if (compromised) world.compromised.add(one);
      else world.compromised.delete(one);
    }
    return { status: 204 };
  };
  return {
    'GET /applications': () => ({ status: 200, body: { value: [...world.registrations.values()].map(application) } }),
    "GET /applications(appId='{appId}')": (asked) => {
      const one = registration(asked);
      return one ? { status: 200, body: application(one) } : missing;
    },
    'PATCH /applications/{application_id}': (asked) => {
      const one = registration(asked);
      if (one && (asked.body as { keyCredentials?: unknown[] }).keyCredentials) one.keys = [];
      return one ? { status: 204 } : missing;
    },
    'POST /applications/{application_id}/addPassword': (asked) => addPassword(world, registration(asked), asked),
    'GET /applications/{application_id}/federatedIdentityCredentials': () => ({
      status: 200,
      body: { value: world.federated },
    }),
    'POST /applications/{application_id}/removePassword': (asked) => {
      const one = registration(asked);
      if (one) one.passwords = one.passwords.filter((each) => each.keyId !== (asked.body as { keyId: string }).keyId);
      return one ? { status: 204 } : missing;
    },
    'GET /users': (asked) => {
      if (asked.headers.consistencylevel !== 'eventual' || asked.query.get('$count') !== 'true')
        return error(400, 'Request_UnsupportedQuery');
      const parent = /identityParentId eq '([^']+)'/.exec(asked.query.get('$filter') ?? '')?.[1];
      return {
        status: 200,
        body: { value: [...world.users.values()].filter((one) => one.parent === parent).map(user) },
      };
    },
    'GET /users/{user_id}': (asked) => (found(asked) ? { status: 200, body: user(found(asked)!) } : missing),
    'PATCH /users/{user_id}': (asked) => {
      if (!found(asked)) return missing;
      found(asked)!.accountEnabled = (asked.body as { accountEnabled: boolean }).accountEnabled;
      return { status: 204 };
    },
    'POST /users/{user_id}/revokeSignInSessions': (asked) => {
      if (!found(asked)) return missing;
      found(asked)!.sessions = 0;
      return { status: 200, body: { value: true } };
    },
    'GET /identityProtection/riskyServicePrincipals': () =>
      world.licensed ? { status: 200, body: { value: [] } } : error(403, 'Authorization_RequestDenied'),
    'POST /identityProtection/riskyServicePrincipals/confirmCompromised': (asked) => risky(asked, true),
    'POST /identityProtection/riskyServicePrincipals/dismiss': (asked) => risky(asked, false),
    'GET /auditLogs/directoryAudits': (asked) => logOf(asked, world.audits, 'activityDateTime'),
  };
}
