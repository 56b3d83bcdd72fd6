import { expect, test } from 'vitest';
import { contractSuite } from '@/lib/connectors/contract-test';
import { GAP_IDS, GAPS } from '@/lib/connectors/gap-model';
import { simulator } from '@/lib/connectors/simulator/connector';
import { setWorld, World } from '@/lib/connectors/simulator/world';
import { testingNotes } from '@/lib/connectors/testing-notes';

const HOST = { connectorId: 'c', own: null, notes: testingNotes() };
const config = (world: string) => ({ world, identities: [], gaps: [], pollMs: 1_000, linkByName: true });

contractSuite(simulator.manifest, async () => {
  const world = new World();
  world.add('svc', {});
  world.add('root', { protected: true, sessions: 1 });
  setWorld('contract', world);
  return {
    connection: await simulator.connect(config('contract'), {}, HOST),
    system: { kind: 'double', name: 'inside Braid' },
    identity: 'svc',
    protectedIdentity: 'root',
    open: async () => {
      const session = world.open('svc');
      return session && { alive: async () => world.actors.get('svc')!.sessions.has(session.key) };
    },
    close: async () => setWorld('contract'),
  };
});

test.each(GAP_IDS)('%s: a full revocation is not clean, and the probe says so', async (gap) => {
  const world = new World(new Set([gap]));
  world.add('svc', { sessions: 2 });
  setWorld(gap, world);
  const connection = await simulator.connect(config(gap), {}, HOST);
  await connection.blockIdentity!('svc');
  await connection.endSessions!('svc');
  const probed = await connection.probeIdentity!('svc');
  const clean = probed.result === 'gone' && probed.residuals.length === 0;
  expect(clean).toBe(false);
  if (GAPS[gap].reads === 'residual') expect(probed.residuals[0]).toMatchObject({ gap });
  if (GAPS[gap].reads === 'unverifiable') expect(probed.result).toBe('unknown');
  if (GAPS[gap].reads === 'accepted' || GAPS[gap].reads === 'failed') expect(probed.result).toBe('alive');
  setWorld(gap);
});
