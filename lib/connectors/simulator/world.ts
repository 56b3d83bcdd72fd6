import type { NativeSession } from '@/lib/connectors/contract';
import type { GapId } from '@/lib/connectors/gap-model';
import { Diary, type Place } from '@/lib/connectors/simulator/diary';
import { clock } from '@/lib/platform/clock';

/** One way in beside the sessions: what a probe can try. `dies` says what ends it; a path that nothing ends lives until `until`. */
export interface AccessPath {
  what: string;
  gap: GapId;
  dies: 'block' | 'terminate' | 'derived' | 'never';
  until: number | null;
  /** false: nobody can list or try it (G9). */
  testable: boolean;
}

export interface Actor {
  name: string;
  protected: boolean;
  blocked: boolean;
  /** What its clients come in with. */
  secret: string;
  sessions: Map<string, NativeSession>;
  paths: AccessPath[];
}

/** What a world is made of, as plain values: all that has to outlive the process. */
export interface KeptWorld {
  version: number;
  serial: number;
  gaps: GapId[];
  bystanders: string[];
  place: Place;
  actors: KeptActor[];
}

export interface KeptActor {
  name: string;
  protected: boolean;
  blocked: boolean;
  secret?: string | undefined;
  sessions: { number: number; at: string }[];
  paths: AccessPath[];
}

function sessionOf(name: string, number: number, at: string): NativeSession {
  return {
    key: `${name}:${number}`,
    externalIdentityId: name,
    kind: 'api',
    label: `client ${number} · simulated`,
    startedAt: at,
    lastEventAt: at,
    idle: false,
    native: { name, number },
  };
}

/** What clients have until somebody rotates it. */
const FIRST_SECRET = 'the one from the beginning';

const MINUTE = 60_000;

/** What each gap leaves behind, beside what it changes in World's own verbs (G4, G5, G10, G11). */
export const LEFT_BEHIND: Partial<Record<GapId, Omit<AccessPath, 'gap' | 'until'> & { forMs: number | null }>> = {
  G1: { what: 'refresh token, still mints access tokens', dies: 'never', forMs: 30 * MINUTE, testable: true },
  G2: { what: 'self-contained access token', dies: 'never', forMs: 60 * MINUTE, testable: true },
  G3: { what: 'token accepted by an endpoint that does not ask', dies: 'never', forMs: null, testable: true },
  G6: { what: 'open stream, authenticated when it was opened', dies: 'never', forMs: null, testable: true },
  G7: { what: 'cached answer of a second verifier', dies: 'never', forMs: 5 * MINUTE, testable: true },
  G8: { what: 'credential derived from the revoked one', dies: 'never', forMs: 12 * 60 * MINUTE, testable: true },
  G9: { what: 'tokens of a class that can’t be listed', dies: 'never', forMs: null, testable: false },
  G12: { what: 'token checked against a marker that was not written', dies: 'never', forMs: null, testable: true },
  G13: { what: 'previous secret in its rotation grace', dies: 'never', forMs: 24 * 60 * MINUTE, testable: true },
  G14: { what: 'companion account, still enabled', dies: 'never', forMs: null, testable: true },
};

/** With these somebody comes in anew; with those what was open is served on. */
const WAYS_IN: GapId[] = ['G1', 'G3', 'G13', 'G14'];
const LIVE_ON: GapId[] = ['G2', 'G6', 'G7', 'G8', 'G12'];

/** A programmable system. What it is made of can be kept, and gone on from. */
export class World {
  readonly actors = new Map<string, Actor>();
  readonly diary = new Diary();
  readonly ended: string[] = [];
  /** Names of identities hit although they were not meant (G10). */
  readonly bystanders: string[] = [];
  /** It answers nobody before then, ms since the epoch. */
  limitedUntil = 0;
  /** Nobody reaches it. */
  down = false;
  /** Grows with every change. */
  version = 0;
  private serial = 0;

  constructor(
    readonly gaps: Set<GapId> = new Set(),
    readonly name = 'drill',
  ) {}

  add(name: string, options: { sessions?: number; protected?: boolean } = {}): Actor {
    const actor: Actor = {
      name,
      protected: options.protected ?? false,
      blocked: false,
      secret: FIRST_SECRET,
      sessions: new Map(),
      paths: [],
    };
    this.actors.set(name, actor);
    this.version++;
    this.diary.tellChanged(name);
    for (let i = 0; i < (options.sessions ?? 0); i++) this.open(name);
    for (const gap of this.gaps) this.leave(actor, gap);
    return actor;
  }

  private leave(actor: Actor, gap: GapId): void {
    const left = LEFT_BEHIND[gap];
    if (!left) return;
    const { forMs, ...path } = left;
    actor.paths.push({ ...path, gap, until: forMs === null ? null : clock.ms() + forMs });
  }

  kept(): KeptWorld {
    const actors = [...this.actors.values()].map((actor) => ({
      ...actor,
      sessions: [...actor.sessions.values()].map(({ key, startedAt }) => ({
        number: Number(key.slice(key.lastIndexOf(':') + 1)),
        at: startedAt,
      })),
    }));
    const { version, serial, bystanders } = this;
    return { version, serial, gaps: [...this.gaps], bystanders: [...bystanders], place: this.diary.place(), actors };
  }

  /** Becomes what was kept, with the gaps it has now. */
  goOn(kept: KeptWorld): void {
    this.version = kept.version;
    this.serial = kept.serial;
    this.bystanders.splice(0, this.bystanders.length, ...kept.bystanders);
    this.diary.goOn(kept.place);
    this.actors.clear();
    for (const { sessions, paths, ...known } of kept.actors) {
      const actor: Actor = {
        ...known,
        secret: known.secret ?? FIRST_SECRET,
        sessions: new Map(),
        paths: paths.filter((path) => this.gaps.has(path.gap)),
      };
      for (const { number, at } of sessions) {
        const session = sessionOf(known.name, number, at);
        actor.sessions.set(session.key, session);
      }
      for (const gap of this.gaps) if (!kept.gaps.includes(gap)) this.leave(actor, gap);
      this.actors.set(known.name, actor);
    }
  }

  /** Opens a session as a client with this secret would. Returns undefined where the identity is blocked, or the secret another. */
  open(name: string, secret = this.actors.get(name)?.secret): NativeSession | undefined {
    const actor = this.actors.get(name);
    if (!actor || actor.blocked || actor.secret !== secret) return undefined;
    return this.enter(name);
  }

  /** A session of an identity there is, whether it is blocked or not. */
  enter(name: string): NativeSession {
    const actor = this.actors.get(name)!;
    this.version++;
    const session = sessionOf(name, ++this.serial, clock.now().toISOString());
    actor.sessions.set(session.key, session);
    this.diary.tellSession(this.name, session, 'open');
    return session;
  }

  close(key: string): boolean {
    for (const actor of this.actors.values()) {
      const session = actor.sessions.get(key);
      if (!session) continue;
      actor.sessions.delete(key);
      this.version++;
      this.diary.tellSession(this.name, session, 'close');
      return this.ended.push(key) > 0;
    }
    return false;
  }

  /** Deletes an identity, as an administrator there would. */
  remove(name: string): void {
    for (const key of [...(this.actors.get(name)?.sessions.keys() ?? [])]) this.close(key);
    this.version++;
    if (this.actors.delete(name)) this.diary.tellChanged(name);
  }

  /** Switches an identity off or on. */
  set(name: string, blocked: boolean): void {
    this.actors.get(name)!.blocked = blocked;
    this.version++;
    this.diary.tellChanged(name);
  }

  unblock(name: string): void {
    this.set(name, false);
  }

  /** Returns false where the switch does not cover the identity (G11). */
  block(name: string): boolean {
    const actor = this.actors.get(name)!;
    if (this.gaps.has('G11')) return false;
    this.set(actor.name, true);
    return true;
  }

  /** Makes its secret another one. Returns false where this kind is not covered (G11). */
  rotate(name: string, secret: string): boolean {
    if (this.gaps.has('G11')) return false;
    this.actors.get(name)!.secret = secret;
    this.version++;
    this.diary.tellChanged(name);
    return true;
  }

  /** Ends the sessions; `queued`: nothing has been done yet (G4). */
  terminateAll(name: string): { ended: number; queued: boolean } {
    const actor = this.actors.get(name)!;
    if (this.gaps.has('G4')) return { ended: 0, queued: true };
    this.version++;
    const keys = [...actor.sessions.keys()];
    for (const key of keys) this.close(key);
    actor.paths = actor.paths.filter((path) => path.dies !== 'terminate');
    if (this.gaps.has('G5')) {
      this.set(actor.name, false); // within the window of eventual consistency the identity re-enabled itself
      this.open(name);
    }
    if (this.gaps.has('G10')) this.hitBystanders(name);
    return { ended: keys.length, queued: false };
  }

  private hitBystanders(name: string): void {
    for (const other of this.actors.values()) {
      if (other.name === name || other.protected) continue;
      for (const key of [...other.sessions.keys()]) this.close(key);
      if (!this.bystanders.includes(other.name)) this.bystanders.push(other.name);
    }
    if (!this.bystanders.length) this.bystanders.push('everybody of the same role');
  }

  /** Lets in who is not blocked, and who has a way in that asks nobody. */
  lets(name: string): boolean {
    const actor = this.actors.get(name);
    if (!actor) return false;
    return !actor.blocked || this.livingPaths(name).some((path) => WAYS_IN.includes(path.gap));
  }

  /** Does the system still serve this session? What it was given may outlive it. */
  serves(session: NativeSession): boolean {
    const actor = this.actors.get(session.externalIdentityId);
    if (!actor) return false;
    return actor.sessions.has(session.key) || this.livingPaths(actor.name).some((path) => LIVE_ON.includes(path.gap));
  }

  livingPaths(name: string): AccessPath[] {
    return this.actors.get(name)!.paths.filter((path) => path.until === null || path.until > clock.ms());
  }
}

const worlds = new Map<string, World>();

export const knownWorld = (name: string): World | undefined => worlds.get(name);

/** The world of that name, made by `make` when there is none yet. */
export function worldOf(name: string, make: () => World): World {
  const known = worlds.get(name);
  if (known) return known;
  const fresh = make();
  worlds.set(name, fresh);
  return fresh;
}

/** Replaces or forgets a world: for tests and drills that start anew. */
export function setWorld(name: string, world?: World): void {
  if (world) worlds.set(name, world);
  else worlds.delete(name);
}
