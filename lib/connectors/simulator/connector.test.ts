import { expect, test } from 'vitest';
import { contractSuite } from '@/lib/connectors/contract-test';
import { GAP_IDS, GAPS, type GapId } from '@/lib/connectors/gap-model';
import { simulator } from '@/lib/connectors/simulator/connector';
import { setWorld, World } from '@/lib/connectors/simulator/world';
import { testingNotes } from '@/lib/connectors/testing-notes';

const HOST = { connectorId: 'c', own: null, notes: testingNotes() };
const config = (world: string) => ({ world, identities: [], gaps: [], pollMs: 1_000, linkByName: true });

const declares = (...gaps: GapId[]) => simulator.manifest.capabilitiesOf({ ...config('any'), gaps });

contractSuite({ ...simulator.manifest, capabilities: declares() }, async () => {
  const world = new World();
  world.add('svc', {});
  world.add('other', {});
  world.add('root', { protected: true, sessions: 1 });
  setWorld('contract', world);
  let held = world.actors.get('svc')!.secret;
  return {
    connection: await simulator.connect(config('contract'), {}, HOST),
    system: { kind: 'double', name: 'inside Braid' },
    identity: 'svc',
    protectedIdentity: 'root',
    open: async () => {
      if (world.actors.get('svc')!.secret !== held) return undefined;
      const session = world.open('svc');
      return session && { alive: async () => world.actors.get('svc')!.sessions.has(session.key) };
    },
    adopt: (secret) => {
      held = secret.secret!;
    },
    bystander: {
      identity: 'other',
      open: async () => {
        const session = world.open('other');
        return session && { alive: async () => world.actors.get('other')!.sessions.has(session.key) };
      },
    },
    differs: { holdsEverybody: true },
    remove: () => world.remove('svc'),
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
  expect(Object.keys(declares(gap).gaps)).toEqual([gap]);
  if (GAPS[gap].reads === 'residual') expect(probed.residuals[0]).toMatchObject({ gap });
  if (GAPS[gap].reads === 'unverifiable') expect(probed.result).toBe('unknown');
  if (GAPS[gap].reads === 'accepted' || GAPS[gap].reads === 'failed') expect(probed.result).toBe('alive');
  setWorld(gap);
});

test.each(GAP_IDS)('%s: a rotation is not clean either, and the probe says so', async (gap) => {
  const world = new World(new Set([gap]));
  world.add('svc', { sessions: 2 });
  setWorld(gap, world);
  const connection = await simulator.connect(config(gap), {}, HOST);
  const rotation = { since: new Date().toISOString(), fresh: 'a-secret-of-some-length-that-is-new' };
  const { secret } = await connection.rotateSecret!('svc', rotation);
  await connection.endSessions!('svc');
  const probed = await connection.probeRotated!('svc', { ...rotation, secret });
  expect(probed.result === 'gone' && probed.residuals.length === 0).toBe(false);
  if (GAPS[gap].reads === 'residual') expect(probed.residuals[0]).toMatchObject({ gap });
  if (GAPS[gap].reads === 'unverifiable') expect(probed.result).toBe('unknown');
  if (GAPS[gap].reads === 'accepted' || GAPS[gap].reads === 'failed') expect(probed.result).toBe('alive');
  setWorld(gap);
});

test('a new process finds the world as the last one left it: blocked stays blocked, sessions keep keys and starts', async () => {
  const host = { ...HOST, notes: testingNotes() };
  const identities = [
    { name: 'svc-out', sessions: 2, protected: false },
    { name: 'svc-in', sessions: 3, protected: false },
  ];
  const settings = { ...config('lasting'), identities };
  const before = await simulator.connect(settings, {}, host);
  const first = await before.listSessions!();
  await before.blockIdentity!('svc-out');
  await before.endSessions!('svc-out');
  const sessions = await before.listSessions!();
  expect([first.length, sessions.length]).toEqual([5, 3]);
  const { cursor } = await before.pullEvents!(null, 100);
  const place = (await before.discoverChanges!(null)).cursor;

  setWorld('lasting');
  const later = { ...settings, identities: [...identities, { name: 'svc-new', sessions: 1, protected: false }] };
  const after = await simulator.connect(later, {}, host);
  expect(await after.canEnter!('svc-out')).toBe(false);
  expect((await after.probeIdentity!('svc-out')).result).toBe('gone');
  const still = await after.listSessions!();
  expect(still.slice(0, 3)).toEqual(sessions);
  const [opened, ...none] = still.slice(3);
  expect(none).toEqual([]);
  expect([...first, ...sessions].map((session) => session.key)).not.toContain(opened!.key);
  expect((await after.pullEvents!(cursor, 100)).lines).toHaveLength(1);
  expect(await after.discoverChanges!(place)).toMatchObject({ items: [{ name: 'svc-new' }], complete: false });

  setWorld('lasting');
  const again = await simulator.connect(later, {}, host);
  expect(await again.listSessions!()).toEqual(still);
  await again.restoreIdentity!('svc-out');
  setWorld('lasting');
  expect(await (await simulator.connect(later, {}, host)).canEnter!('svc-out')).toBe(true);
  setWorld('lasting');
});
