import type { Connection } from '@/lib/connectors/contract';
import { SCOPES } from '@/lib/connectors/okta/client';
import { oktaConnector } from '@/lib/connectors/okta/connector';
import { type OktaWorld, OWN, startOkta } from '@/lib/connectors/okta/testing-okta';
import { keptSecret } from '@/lib/connectors/okta/testing-secrets';
import { testingNotes } from '@/lib/connectors/testing-notes';

export const HOST = { connectorId: 'c', own: null, notes: testingNotes() };
export const ALL = SCOPES.map(([scope]) => scope);

export async function connectTo(
  world: OktaWorld,
  by = oktaConnector,
  more: Record<string, string> = {},
): Promise<Connection> {
  const { manifest } = oktaConnector;
  const { config, secrets } = manifest.split({
    orgUrl: world.double.url,
    clientId: OWN,
    privateKey: world.key,
    ownNetwork: 'yes',
    canary: 'app:0oaPay',
    canarySecret: 'of payments',
    canaryServer: 'default',
    canaryScope: 'canary',
    ...more,
  });
  return by.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), HOST);
}

/** An org with an app that has a secret, an agent, and an account with an API token. */
export async function startOrg(): Promise<{ world: OktaWorld; connection: Connection }> {
  const world = await startOkta(ALL);
  const changed = '2026-01-02T03:04:05.000Z';
  const grants = ['client_credentials', 'refresh_token'] as string[];
  for (const [id, label] of [
    [OWN, 'Braid'],
    ['0oaPay', 'payments'],
    ['0oaHelp', 'helper'],
  ] as const) {
    world.apps.set(id, { id, label, status: 'ACTIVE', grants, changed });
  }
  world.secrets.set('0oaPay', [keptSecret('of payments')]);
  world.sent.set('00secret', { user: '00uSvc', apiToken: '00TSync' });
  world.users.set('00uSvc', { id: '00uSvc', login: 'svc-sync@acme.example', status: 'ACTIVE', sessions: 2 });
  world.apiTokens.set('00TSync', { id: '00TSync', name: 'sync', user: '00uSvc' });
  world.agents.set('wlpHelp', { id: 'wlpHelp', name: 'helper', app: '0oaHelp', status: 'ACTIVE', changed });
  return { world, connection: await connectTo(world) };
}
