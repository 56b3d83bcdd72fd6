import { setTimeout as sleep } from 'node:timers/promises';
import type { Capabilities, Connection, FoundIdentity } from '@/lib/connectors/contract';
import { contractSuite, type Subject } from '@/lib/connectors/contract-test';
import type { GapId } from '@/lib/connectors/gap-model';
import { simulator } from '@/lib/connectors/simulator/connector';
import { setWorld, World } from '@/lib/connectors/simulator/world';
import { testingNotes } from '@/lib/connectors/testing-notes';
import { BraidError } from '@/lib/platform/errors';

// The suite, run over connectors that are simulated and declare what is not so; contract-lies.test.ts runs this file and
// looks where it fails. Each lie has a truth beside it: the same behaviour, truly declared, passes.

interface Planted {
  name: string;
  declares?: Partial<Capabilities>;
  gaps?: GapId[];
  differs?: Subject['differs'];
  /** How it behaves otherwise than the simulator. */
  behaves?(connection: Connection, world: World): Partial<Connection>;
  /** What it does where nothing is held. */
  withoutHeld?(connection: Connection): Partial<Connection>;
}

const late = (ms: number) => (connection: Connection, world: World) => ({
  endSessions: async (externalId: string) => {
    const affected = world.actors.get(externalId)!.sessions.size;
    void sleep(ms).then(() => connection.endSessions!(externalId));
    return { state: 'effective' as const, detail: 'ended', affected };
  },
});

const loses = (connection: Connection): Partial<Connection> => {
  let blocks = 0;
  return {
    blockIdentity: (externalId) => {
      blocks++;
      return connection.blockIdentity!(externalId);
    },
    discover: async (known) => {
      const found = await connection.discover!(known);
      const less = (one: FoundIdentity) =>
        one.externalId === 'svc' ? { ...one, credentials: [{ externalId: `key ${blocks}`, kind: 'key' }] } : one;
      return found.map(less);
    },
  };
};

const refuses = async () => {
  throw new BraidError('connector.refused', 'No token of it is held, so nothing can be ended.');
};
const G10 = { gaps: { G10: 'Others of the role are hit.' } };
const hitsOthers = { gaps: ['G10' as const], differs: { proof: { result: 'gone' as const, gaps: ['G10' as const] } } };

const PLANTED: Planted[] = [
  { name: 'truth: as it is' },
  { name: 'truth: late, and says so', differs: { settleMs: 3_000 }, behaves: late(300) },
  { name: 'lie: at once', declares: { async: false }, differs: { settleMs: 3_000 }, behaves: late(300) },
  {
    name: 'lie: at once, and answers accepted',
    declares: { async: false },
    behaves: (connection) => ({
      endSessions: async (externalId) => ({ ...(await connection.endSessions!(externalId)), state: 'accepted' }),
    }),
  },
  {
    name: 'lie: soon',
    declares: { propagationMs: { p50: 10, max: 100 } },
    differs: { settleMs: 6_000 },
    behaves: late(2_500),
  },
  { name: 'lie: reversible', behaves: loses },
  { name: 'truth: irreversible', declares: { reversible: false, rotate: 'none' }, behaves: loses },
  { name: 'lie: irreversible', declares: { reversible: false, rotate: 'none' } },
  { name: 'truth: others are hit', declares: { ...G10 }, ...hitsOthers },
  { name: 'lie: nobody else', declares: { ...G10 }, ...hitsOthers, behaves: () => ({ predict: async () => [] }) },
  {
    name: 'lie: somebody else',
    behaves: () => ({ predict: async () => [{ what: 'other', why: 'A role.', externalId: 'other', sessions: 1 }] }),
  },
  {
    name: 'lie: disables others unsaid',
    behaves: (connection, world) => ({
      blockIdentity: async (externalId) => {
        world.set('third', true);
        return connection.blockIdentity!(externalId);
      },
      restoreIdentity: async (externalId) => {
        world.set('third', false);
        return connection.restoreIdentity!(externalId);
      },
    }),
  },
  {
    name: 'truth: by identity',
    declares: { granularity: 'identity' },
    behaves: (connection) => ({
      terminateSession: async (session) => {
        const { affected } = await connection.endSessions!(session.externalIdentityId);
        return { state: 'effective', detail: 'ended', affected: Math.min(1, affected) };
      },
    }),
  },
  {
    name: 'lie: by session',
    behaves: (connection) => ({
      terminateSession: async (session) => {
        const { affected } = await connection.endSessions!(session.externalIdentityId);
        return { state: 'effective', detail: 'ended', affected: Math.min(1, affected) };
      },
    }),
  },
  { name: 'lie: by identity', declares: { granularity: 'identity' } },
  { name: 'lie: by session, and none can be ended', declares: { terminateOne: 'none', probe: 'none' } },
  { name: 'truth: nothing has to be held', withoutHeld: () => ({ enterAsCanary: refuses }) },
  {
    name: 'lie: nothing has to be held',
    withoutHeld: () => ({ enterAsCanary: refuses, blockIdentity: refuses, endSessions: refuses }),
  },
  {
    name: 'truth: a token has to be held',
    declares: { needsHeldToken: true },
    withoutHeld: () => ({ enterAsCanary: refuses, blockIdentity: refuses, endSessions: refuses }),
  },
  {
    name: 'lie: a token has to be held',
    declares: { needsHeldToken: true },
    withoutHeld: () => ({ enterAsCanary: refuses }),
  },
  { name: 'lie: a canary whose credential is held', differs: { holdsEverybody: false } },
  {
    name: 'truth: a gap',
    declares: { gaps: { G2: 'Tokens live their hour.' }, rotate: 'none' },
    gaps: ['G2'],
    differs: { livesOn: true, proof: { result: 'gone', gaps: ['G2'] } },
  },
  {
    name: 'lie: no gap',
    declares: { rotate: 'none' },
    gaps: ['G2'],
    differs: { livesOn: true, proof: { result: 'gone', gaps: ['G2'] } },
  },
  { name: 'lie: clean', declares: { rotate: 'none' }, differs: { livesOn: true, proof: { result: 'gone', gaps: [] } } },
];

/** Only what it declares, as every connector has it. */
function only(connection: Connection, { terminateOne, probe, rotate }: Capabilities): Connection {
  const { terminateSession, probeSession, probeIdentity, rotateSecret, probeRotated, ...rest } = connection;
  return {
    ...rest,
    ...(terminateOne !== 'none' && { terminateSession: terminateSession! }),
    ...(terminateOne !== 'none' && probe !== 'none' && { probeSession: probeSession! }),
    ...(probe !== 'none' && { probeIdentity: probeIdentity! }),
    ...(rotate !== 'none' && { rotateSecret: rotateSecret!, probeRotated: probeRotated! }),
  };
}

for (const { name, declares, gaps = [], differs, behaves, withoutHeld } of PLANTED) {
  const capabilities: Capabilities = { ...simulator.manifest.capabilities, ...declares };
  contractSuite({ vendor: 'planted', settings: name, capabilities }, async () => {
    const world = new World(new Set(gaps));
    for (const id of ['svc', 'other', 'third']) world.add(id);
    setWorld(name, world);
    const config = { world: name, identities: [], gaps: [], pollMs: 1_000, linkByName: true };
    const real = await simulator.connect(config, {}, { connectorId: 'c', own: null, notes: testingNotes() });
    const connection = only({ ...real, ...behaves?.(real, world) }, capabilities);
    const first = world.actors.get('svc')!.secret;
    let held = first;
    const opens = (id: string) => async () => {
      if (id === 'svc' && world.actors.get(id)!.secret !== held) return undefined;
      const session = world.open(id);
      if (!session) return undefined;
      return { alive: async () => differs?.livesOn === true || world.actors.get(id)!.sessions.has(session.key) };
    };
    return {
      connection,
      system: { kind: 'double', name: 'planted' },
      identity: 'svc',
      bystander: { identity: 'other', open: opens('other') },
      open: opens('svc'),
      adopt: (secret) => {
        held = secret.secret!;
      },
      ...(withoutHeld && { withoutHeld: async () => ({ ...connection, ...withoutHeld(connection) }) }),
      differs: { holdsEverybody: true, ...differs },
      remove: () => world.remove('svc'),
      close: async () => setWorld(name),
    };
  });
}
