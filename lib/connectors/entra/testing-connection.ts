import type { Connection } from '@/lib/connectors/contract';
import { entraConnector } from '@/lib/connectors/entra/connector';
import { startGraph } from '@/lib/connectors/entra/testing-graph';
import { type GraphWorld, id, OWN, type Principal, TENANT } from '@/lib/connectors/entra/testing-tenant';
import { testingNotes } from '@/lib/connectors/testing-notes';

export const HOST = { connectorId: 'c', own: null, notes: testingNotes() };
export const ROLES = [
  'Application.ReadWrite.All',
  'User.ReadWrite.All',
  'AuditLog.Read.All',
  'DelegatedPermissionGrant.ReadWrite.All',
  'IdentityRiskyServicePrincipal.ReadWrite.All',
];
const MICROSOFT = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a';
export const [BRAID, PAY, RUNNER, AGENT, THEIRS] = [id(1), id(2), id(3), id(4), id(5)];
export const [COMPANION, SECRET, CERTIFICATE] = [id(41), id(61), id(62)];
const endDateTime = '2027-01-01T00:00:00Z';

export function principal(at: string, name: string, more: Partial<Principal> = {}): Principal {
  const app = {
    appId: at.replace('cccccccc', 'dddddddd'),
    appOwnerOrganizationId: TENANT,
    servicePrincipalType: 'Application',
  };
  return { id: at, displayName: name, accountEnabled: true, passwords: [], keys: [], ...app, ...more };
}

export async function connectTo(
  world: GraphWorld,
  more: Record<string, string> = {},
  by = entraConnector,
): Promise<Connection> {
  const { manifest } = entraConnector;
  const { config, secrets } = manifest.split({
    tenantId: TENANT,
    clientId: OWN,
    clientSecret: 'right',
    graphUrl: world.double.url,
    loginUrl: world.double.url,
    ownNetwork: 'yes',
    canary: PAY,
    canarySecret: 'of payments',
    ...more,
  });
  return by.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), HOST);
}

/** Does the sign-in service give a token for this secret? */
export async function lets(world: GraphWorld, at: string, secret: string): Promise<boolean> {
  const answer = await fetch(`${world.double.url}/${TENANT}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: world.principals.get(at)!.appId,
      client_secret: secret,
    }),
  });
  return answer.ok;
}

export async function startTenant(): Promise<GraphWorld> {
  const world = await startGraph(ROLES);
  const all = [
    principal(BRAID, 'Braid', { appId: OWN }),
    principal(PAY, 'payments', { passwords: [{ keyId: SECRET, endDateTime }] }),
    principal(RUNNER, 'runner', { servicePrincipalType: 'ManagedIdentity' }),
    principal(AGENT, 'helper', { odata: '#microsoft.graph.agentIdentity', servicePrincipalType: 'ServiceIdentity' }),
    principal(THEIRS, 'Office 365 Exchange Online', { appOwnerOrganizationId: MICROSOFT }),
  ];
  for (const one of all) world.principals.set(one.id, one);
  world.secrets.set(SECRET, 'of payments');
  const app = { id: id(72), appId: all[1]!.appId, passwords: [], keys: [{ keyId: CERTIFICATE, endDateTime }] };
  world.registrations.set(app.id, app);
  world.users.set(COMPANION, {
    id: COMPANION,
    userPrincipalName: 'helper@acme.example',
    accountEnabled: true,
    parent: AGENT,
    sessions: 1,
  });
  world.grants.set('g1', { id: 'g1', clientId: PAY, consentType: 'AllPrincipals', scope: 'User.Read' });
  return world;
}
