import { decodeProtectedHeader } from 'jose';
import { addPassword, otherAnswers } from '@/lib/connectors/entra/testing-accounts';
import { graphDescription } from '@/lib/connectors/entra/testing-description';
import {
  type Answers,
  error,
  type GraphWorld,
  logOf,
  missing,
  OWN,
  type Principal,
  TENANT,
} from '@/lib/connectors/entra/testing-tenant';
import { type Answered, type Asked, type Double, startDouble } from '@/lib/connectors/testing-double';

// A tenant as Microsoft Graph v1.0 has it: service principals, registrations, accounts of agent identities, consents, the audit
// log. The sign-in service (RFC 7523) and the beta’s sign-in log stand beside the description, by hand.

function select(asked: Asked, body: Record<string, unknown>): Record<string, unknown> {
  const wanted = asked.query.get('$select')?.split(',');
  if (!wanted) return body;
  return Object.fromEntries(Object.entries(body).filter(([key]) => key.startsWith('@') || wanted.includes(key)));
}

const bodyOf = (one: Principal) => ({
  ...(one.odata ? { '@odata.type': one.odata } : {}),
  id: one.id,
  appId: one.appId,
  displayName: one.displayName,
  accountEnabled: one.accountEnabled,
  servicePrincipalType: one.servicePrincipalType,
  appOwnerOrganizationId: one.appOwnerOrganizationId,
  passwordCredentials: one.passwords,
  keyCredentials: one.keys,
});

/** The changes, in order, and how far a delta link has come. */
interface Delta {
  log: string[];
  generation: number;
}

function principalAnswers(world: GraphWorld, delta: Delta): Answers {
  const find = (asked: Asked) => world.principals.get(asked.params.servicePrincipal_id!);
  const link = (kind: string, at: number) =>
    `${world.double.url}/v1.0/servicePrincipals/delta()?$${kind}=${delta.generation}-${at}`;
  return {
    'GET /servicePrincipals': (asked) => {
      const all = [...world.principals.values()].map((one) => select(asked, bodyOf(one)));
      const from = Number(asked.query.get('$skip') ?? 0);
      const next = `${world.double.url}/v1.0/servicePrincipals?$skip=${from + 3}&$select=${asked.query.get('$select')}`;
      return {
        status: 200,
        body: { value: all.slice(from, from + 3), ...(from + 3 < all.length ? { '@odata.nextLink': next } : {}) },
      };
    },
    'GET /servicePrincipals/{servicePrincipal_id}': (asked) => {
      const found = find(asked);
      return found ? { status: 200, body: select(asked, bodyOf(found)) } : missing;
    },
    'PATCH /servicePrincipals/{servicePrincipal_id}': (asked) => {
      const found = find(asked);
      if (!found) return missing;
      const { accountEnabled, keyCredentials } = asked.body as { accountEnabled?: boolean; keyCredentials?: unknown[] };
      if (accountEnabled !== undefined) found.accountEnabled = accountEnabled;
      if (keyCredentials) found.keys = [];
      world.change(found.id);
      return { status: 204 };
    },
    'POST /servicePrincipals/{servicePrincipal_id}/addPassword': (asked) => addPassword(world, find(asked), asked),
    'POST /servicePrincipals/{servicePrincipal_id}/removePassword': (asked) => {
      const found = find(asked);
      if (found)
        found.passwords = found.passwords.filter((one) => one.keyId !== (asked.body as { keyId: string }).keyId);
      return found ? { status: 204 } : missing;
    },
    'GET /servicePrincipals/{servicePrincipal_id}/oauth2PermissionGrants': (asked) => {
      const found = [...world.grants.values()].filter((one) => one.clientId === asked.params.servicePrincipal_id);
      return { status: 200, body: { value: found } };
    },
    'DELETE /oauth2PermissionGrants/{oAuth2PermissionGrant_id}': (asked) =>
      world.grants.delete(asked.params.oAuth2PermissionGrant_id!) ? { status: 204 } : missing,
    'GET /servicePrincipals/{servicePrincipal_id}/appRoleAssignments': (asked) => ({
      status: 200,
      body: { value: world.roleAssignments.get(asked.params.servicePrincipal_id!) ?? [] },
    }),
    "GET /servicePrincipals(appId='{appId}')": (asked) => {
      const found = [...world.principals.values()].find((one) => one.appId === asked.params.appId);
      return found ? { status: 200, body: select(asked, bodyOf(found)) } : missing;
    },
    'GET /servicePrincipals/delta()': (asked) => {
      const place = asked.query.get('$skiptoken') ?? asked.query.get('$deltatoken');
      const [generation, at] = (place ?? `${delta.generation}-0`).split('-').map(Number) as [number, number];
      if (generation !== delta.generation) return error(410, 'syncStateNotFound');
      if (asked.query.has('$deltatoken')) {
        const changed = [...new Set(delta.log.slice(at))].map((one) => {
          const found = world.principals.get(one);
          // A change carries no more than what changed.
          return found
            ? { id: one, accountEnabled: found.accountEnabled }
            : { id: one, '@removed': { reason: 'deleted' } };
        });
        return { status: 200, body: { value: changed, '@odata.deltaLink': link('deltatoken', delta.log.length) } };
      }
      const all = [...world.principals.values()];
      const more = at + 3 < all.length;
      const next = more
        ? { '@odata.nextLink': link('skiptoken', at + 3) }
        : { '@odata.deltaLink': link('deltatoken', delta.log.length) };
      return { status: 200, body: { value: all.slice(at, at + 3).map(bodyOf), ...next } };
    },
  };
}

const FOLDERS = [
  'service_principals',
  'service_principals/item',
  'service_principals/delta',
  'service_principals/item/add_password',
  'service_principals/item/remove_password',
  'service_principals/item/oauth2_permission_grants',
  'service_principals/item/app_role_assignments',
  'service_principals_with_app_id',
  'oauth2_permission_grants/item',
  'applications',
  'applications/item',
  'applications/item/add_password',
  'applications/item/remove_password',
  'applications/item/federated_identity_credentials',
  'applications_with_app_id',
  'users',
  'users/item',
  'users/item/revoke_sign_in_sessions',
  'identity_protection/risky_service_principals',
  'identity_protection/risky_service_principals/confirm_compromised',
  'identity_protection/risky_service_principals/dismiss',
  'audit_logs/directory_audits',
];

const refusal = (code: string, description: string): Answered => ({
  status: 401,
  body: { error: code, error_description: description },
});

/** The sign-in service knows a principal’s own state and credentials: whoever asks, and however. */
function tokenAnswer(world: GraphWorld, asked: Asked): Answered {
  if (world.loginDown) return { status: world.loginDown, body: { error: 'temporarily_unavailable' } };
  const form = asked.body as Record<string, string>;
  const own = form.client_id === OWN;
  const found = [...world.principals.values()].find((one) => one.appId === form.client_id);
  if (!found) return refusal('unauthorized_client', 'AADSTS700016: Application was not found in the directory.');
  const registration = [...world.registrations.values()].find((one) => one.appId === form.client_id);
  const passwords = [...found.passwords, ...(registration?.passwords ?? [])];
  const known = passwords.some((one) => world.secrets.get(one.keyId) === form.client_secret);
  const signed = form.client_assertion ? decodeProtectedHeader(form.client_assertion)['x5t#S256'] !== undefined : false;
  if (!(own && (signed || form.client_secret === 'right')) && !known)
    return refusal('invalid_client', 'AADSTS7000215: Invalid client secret provided.');
  if (!found.accountEnabled)
    return refusal('unauthorized_client', `AADSTS7000112: Application '${found.appId}' is disabled.`);
  const body = { appid: found.appId, roles: own ? world.roles : [], n: world.tokens.size };
  const token = `eyJ.${Buffer.from(JSON.stringify(body)).toString('base64url')}.x`;
  world.tokens.set(token, { appId: found.appId, until: Date.now() + world.tokenSecs * 1_000 });
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: world.tokenSecs } };
}

export async function startGraph(roles: string[]): Promise<GraphWorld> {
  const delta: Delta = { log: [], generation: 1 };
  const now = () => new Date().toISOString();
  const world: GraphWorld = {
    double: undefined as unknown as Double,
    principals: new Map(),
    registrations: new Map(),
    users: new Map(),
    grants: new Map(),
    roleAssignments: new Map(),
    secrets: new Map(),
    federated: [],
    tokens: new Map(),
    tokenSecs: 3_599,
    loginDown: null,
    audits: [],
    signIns: [],
    compromised: new Set(),
    licensed: true,
    roles,
    limited: null,
    forget: () => {
      delta.generation++;
    },
    change: (principal) => {
      delta.log.push(principal);
      const targetResources = [{ id: principal, type: 'ServicePrincipal' }];
      const one = {
        id: `audit-${world.audits.length}`,
        activityDateTime: now(),
        activityDisplayName: 'Update service principal',
      };
      world.audits.push({ ...one, targetResources, initiatedBy: {}, result: 'success' });
    },
    remove: (principal) => {
      world.principals.delete(principal);
      delta.log.push(principal);
    },
    signIn: (principal) => {
      const enabled = world.principals.get(principal)?.accountEnabled ?? false;
      const status = { errorCode: enabled ? 0 : 7_000_112 };
      const one = {
        id: `sign-in-${world.signIns.length}`,
        createdDateTime: now(),
        appId: OWN,
        servicePrincipalId: principal,
        status,
      };
      world.signIns.push({ ...one, signInEventTypes: ['servicePrincipal'] });
      return enabled;
    },
  };
  world.double = await startDouble({
    description: graphDescription(FOLDERS),
    base: '/v1.0',
    answers: { ...principalAnswers(world, delta), ...otherAnswers(world) },
    beside: {
      [`POST /${TENANT}/oauth2/v2.0/token`]: (asked) => tokenAnswer(world, asked),
      'GET /beta/auditLogs/signIns': (asked) => logOf(asked, world.signIns, 'createdDateTime'),
    },
    // OData’s own way to a next page: the link is the server’s, and its query is described nowhere.
    unchecked: ['$skiptoken', '$deltatoken'],
    guard: (asked) => {
      // A token is taken until it expires, whether or not its principal was disabled since.
      const token = world.tokens.get(asked.headers.authorization?.replace('Bearer ', '') ?? '');
      if (!token || token.until < Date.now()) return error(401, 'InvalidAuthenticationToken');
      if (token.appId !== OWN) return error(403, 'Authorization_RequestDenied');
      return world.limited ? { ...error(429, 'TooManyRequests'), headers: world.limited } : undefined;
    },
  });
  return world;
}
