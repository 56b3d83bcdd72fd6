import type { Acted, Connection, Probed, Rotated } from '@/lib/connectors/contract';
import type { Connector } from '@/lib/connectors/declared';
import { GAPS, type GapId } from '@/lib/connectors/gap-model';
import { worldWith } from '@/lib/connectors/simulator/keep';
import { manifest } from '@/lib/connectors/simulator/manifest';
import { answers, foundOf, tells } from '@/lib/connectors/simulator/tells';
import type { Actor, World } from '@/lib/connectors/simulator/world';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

const check = (name: string, saw: string) => ({ check: name, saw, at: clock.now().toISOString() });
const effective = (detail: string, affected: number): Acted => ({ state: 'effective', detail, affected });

function target(world: World, name: string): Actor | undefined {
  const actor = world.actors.get(name);
  if (actor?.protected) throw new BraidError('connector.protected', `${name} is protected and never ended by Braid.`);
  return actor;
}

function residualsOf(world: World, name: string): Probed['residuals'] {
  const left = world
    .livingPaths(name)
    .filter((path) => path.testable)
    .map((path) => ({
      what: path.what,
      why: GAPS[path.gap].why,
      until: path.until === null ? null : new Date(path.until).toISOString(),
      gap: path.gap as GapId,
    }));
  if (world.bystanders.length) {
    left.push({ what: `also ended: ${world.bystanders.join(', ')}`, why: GAPS.G10.why, until: null, gap: 'G10' });
  }
  return left;
}

/** Tries every way in: a new session, the listed ones, and each path that can be tried. */
function probe(world: World, name: string): Probed {
  const actor = world.actors.get(name);
  if (!actor)
    return { result: 'gone', detail: 'no such identity', checks: [check('identity looked up', 'none')], residuals: [] };
  const checks = [
    check('new session tried', actor.blocked ? 'refused' : 'would be let in'),
    check('sessions listed', `${actor.sessions.size}`),
  ];
  if (!actor.blocked || actor.sessions.size) {
    return {
      result: 'alive',
      detail: `${actor.sessions.size} sessions, ${actor.blocked ? 'blocked' : 'not blocked'}`,
      checks,
      residuals: [],
    };
  }
  return otherWays(world, name, checks, 'blocked, 0 sessions');
}

/** Nobody is in and nothing opens a session: what else there is decides. */
function otherWays(world: World, name: string, checks: Probed['checks'], said: string): Probed {
  const hidden = world.livingPaths(name).filter((path) => !path.testable);
  if (hidden.length) {
    const detail = hidden.map((path) => path.what).join(', ');
    return { result: 'unknown', detail, checks: [...checks, check('token classes listed', detail)], residuals: [] };
  }
  const residuals = residualsOf(world, name);
  checks.push(check('other ways in tried', residuals.length ? `${residuals.length} still open` : 'all refused'));
  return { result: 'gone', detail: said, checks, residuals };
}

/** The same after a rotation: whoever comes in has the new secret, which nobody was given yet. */
function probeRotated(world: World, name: string, secret: string | undefined): Probed {
  const actor = world.actors.get(name);
  const changed = secret !== undefined && actor?.secret === secret;
  const open = actor?.sessions.size ?? 0;
  const checks = [
    check('secret looked at', changed ? 'the new one' : 'another one'),
    check('sessions listed', `${open}`),
  ];
  const detail = `${open} sessions, ${changed ? 'the old secret is refused' : 'the old secret still works'}`;
  if (!changed || open) return { result: 'alive', detail, checks, residuals: [] };
  return otherWays(world, name, checks, detail);
}

function looks(world: World) {
  return {
    async test() {
      const detail = `${world.actors.size} identities, ${world.gaps.size} gaps.`;
      return { ok: true, checks: [{ check: 'World', ok: true, detail }] };
    },
    discover: async () => [...world.actors.values()].map((actor) => foundOf(world, actor)),
    async listSessions() {
      return [...world.actors.values()].flatMap((actor) => [...actor.sessions.values()]);
    },
    canEnter: async (name) => world.actors.get(name)?.blocked === false,
    async probeIdentity(name) {
      answers(world);
      return probe(world, name);
    },
    async probeRotated(name, { secret }) {
      answers(world);
      return probeRotated(world, name, secret.secret);
    },
    async probeSession(session) {
      const alive = world.actors.get(session.externalIdentityId)?.sessions.has(session.key) ?? false;
      const checks = [check('session looked up', alive ? 'still there' : 'gone')];
      const residuals = alive ? [] : residualsOf(world, session.externalIdentityId);
      return { result: alive ? 'alive' : 'gone', detail: alive ? 'still there' : 'gone', checks, residuals };
    },
    async predict(name) {
      if (!world.gaps.has('G10')) return [];
      return [...world.actors.values()]
        .filter((actor) => actor.name !== name && !actor.protected)
        .map((actor) => ({
          what: actor.name,
          why: GAPS.G10.why,
          externalId: actor.name,
          sessions: actor.sessions.size,
        }));
    },
  } satisfies Partial<Connection>;
}

function acts(world: World) {
  const block = async (name: string): Promise<Acted> => {
    answers(world);
    const actor = target(world, name);
    if (!actor || actor.blocked) return effective('already blocked', 0);
    return world.block(name)
      ? effective('blocked', 1)
      : {
          state: 'failed',
          detail: 'the switch answered, and it is not blocked: this kind is not covered',
          affected: 0,
        };
  };
  return {
    blockIdentity: block,
    pauseIdentity: block,
    async terminateSession(session) {
      target(world, session.externalIdentityId);
      if (world.gaps.has('G4')) return { state: 'accepted', detail: 'queued', affected: 0 };
      const ended = world.close(session.key);
      return effective(ended ? 'session ended' : 'session had already gone', ended ? 1 : 0);
    },
    async endSessions(name) {
      answers(world);
      if (!target(world, name)) return effective('no such identity', 0);
      const { ended, queued } = world.terminateAll(name);
      return queued
        ? { state: 'accepted', detail: 'queued', affected: 0 }
        : effective(`${ended} of ${ended} sessions ended`, ended);
    },
    async restoreIdentity(name) {
      const actor = target(world, name);
      if (!actor) return { state: 'failed', detail: 'no such identity', affected: 0 };
      const changed = actor.blocked;
      if (changed) world.unblock(name);
      return effective(changed ? 'unblocked' : 'was not blocked', changed ? 1 : 0);
    },
    async rotateSecret(name, { fresh }): Promise<Rotated> {
      answers(world);
      const actor = target(world, name);
      if (!actor)
        throw new BraidError('connector.unsupported', `${name} is unknown here: it has no secret to be changed.`);
      const changed = actor.secret !== fresh;
      if (changed && !world.rotate(name, fresh))
        return {
          state: 'failed',
          detail: 'the old secret still works: this kind is not covered',
          affected: 0,
          secret: {},
          replaced: [],
        };
      return {
        ...effective(changed ? 'has another secret' : 'has it already', changed ? 1 : 0),
        secret: { secret: fresh },
        replaced: [],
      };
    },
    async enterAsCanary(name) {
      if (!world.lets(name)) return null;
      const session = world.enter(name);
      return {
        alive: async () => world.serves(session),
        close: async () => {
          world.close(session.key);
        },
      };
    },
  } satisfies Partial<Connection>;
}

/** The same verbs; what they saw or did is kept before they answer, also where they fail. */
function keeping<T extends Partial<Connection>>(verbs: T, keep: () => Promise<void>): T {
  const kept = Object.entries(verbs).map(([name, verb]) => [
    name,
    async (...given: unknown[]) => {
      try {
        return await (verb as (...given: unknown[]) => Promise<unknown>)(...given);
      } finally {
        await keep();
      }
    },
  ]);
  return Object.fromEntries(kept) as T;
}

type Enter = NonNullable<Connection['enterAsCanary']>;

/** The canary's own session changes the world when it is closed, too. */
const entering =
  (enter: Enter, keep: () => Promise<void>): Enter =>
  async (name) => {
    const session = await enter(name);
    return session && { ...session, close: () => session.close().then(keep) };
  };

export const simulator: Connector<typeof manifest> = {
  manifest,
  async connect(config, _secrets, { notes }) {
    const { world, keep } = await worldWith(config, notes);
    const { test, ...looking } = looks(world);
    const kept = keeping({ ...looking, ...tells(world), ...acts(world) }, keep);
    return { test, ...kept, enterAsCanary: entering(kept.enterAsCanary, keep), async close() {} };
  },
};
