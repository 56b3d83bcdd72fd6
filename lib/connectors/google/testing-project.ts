import type { Connection } from '@/lib/connectors/contract';
import { googleConnector } from '@/lib/connectors/google/connector';
import { NEEDED } from '@/lib/connectors/google/rights';
import { emailOf, type GoogleWorld, PROJECT, startGoogle } from '@/lib/connectors/google/testing-google';
import { testingNotes } from '@/lib/connectors/testing-notes';

export const HOST = { connectorId: 'c', own: null, notes: testingNotes() };
export const ALL = NEEDED.map(([permission]) => permission);
export const [BRAID, PAY, BATCH] = [emailOf('braid'), emailOf('payments'), emailOf('batch')];
export const HELD = 'c'.repeat(40);
export const LEAKED = 'a'.repeat(40);
export const KEY = `key:${LEAKED}@${BATCH}`;

/** The canary's key file, by the double that made it. */
export const held = new WeakMap<GoogleWorld, string>();

export async function connectTo(
  world: GoogleWorld,
  more: Record<string, string> = {},
  by = googleConnector,
): Promise<Connection> {
  const { manifest } = googleConnector;
  const values = {
    projects: PROJECT,
    credential: world.credential,
    apiUrl: world.double.url,
    ownNetwork: 'yes',
    canary: PAY,
    canaryCredential: held.get(world)!,
    ...more,
  };
  const { config, secrets } = manifest.split(values);
  return by.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), HOST);
}

/** A project with Braid's own service account, one with a held key, and one that acts as it and has leaked a key. */
export async function startProject(): Promise<GoogleWorld> {
  const world = await startGoogle(ALL);
  for (const email of [BRAID, PAY, BATCH]) world.accounts.set(email, { email, disabled: false });
  held.set(world, world.makeKey(PAY, HELD));
  world.keys.set(LEAKED, { id: LEAKED, email: BATCH, disabled: false, system: false });
  world.keys.set('b'.repeat(40), { id: 'b'.repeat(40), email: BATCH, disabled: false, system: true });
  world.policies.set(PAY, [{ role: 'roles/iam.serviceAccountTokenCreator', members: [`serviceAccount:${BATCH}`] }]);
  world.policies.set(PROJECT, [{ role: 'roles/iam.serviceAccountTokenCreator', members: [`serviceAccount:${BATCH}`] }]);
  return world;
}
