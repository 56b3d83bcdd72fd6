import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Acted, Capabilities, Connection, FoundIdentity, NativeSession, Probed } from '@/lib/connectors/contract';
import type { GapId } from '@/lib/connectors/gap-model';

/** Deletes `identity` at the system, as its administrator would, after all else; or why no system has it to delete. */
type Removal = { remove(): Promise<void> | void; cannotRemove?: never } | { remove?: never; cannotRemove: string };

/** What the suite needs of a system to try a connector on it. */
export type Subject = Ordinary & Removal;

interface Ordinary {
  connection: Connection;
  /** What was run against: a real server, or a double that speaks the vendor's published protocol. */
  system: { kind: 'real' | 'double'; name: string };
  /** An ordinary identity with a way to connect, and one that must never be ended (where the system has such). */
  identity: string;
  protectedIdentity?: string;
  /** Opens a session as a client would; undefined where the system refuses. */
  open(): Promise<{ alive(): Promise<boolean> } | undefined>;
  close(): Promise<void>;
  /**
   * Another identity there, which shares with the first what the system makes them share. What is done to the first is done to
   * this one only where it is predicted, or declared that everybody of a role is hit.
   */
  bystander?: { identity: string; open(): Promise<{ alive(): Promise<boolean> } | undefined> };
  /** A connection that holds nothing of the identity: no token, no credential of the canary. */
  withoutHeld?(): Promise<Connection>;
  /** A connection that remembers nothing yet, where `connection` keeps what it listed for a while. */
  fresh?(): Promise<Connection>;
  /** From here on `open` comes in with what a rotation gave; before, with the secret the identity had. */
  adopt?(secret: Record<string, string>): Promise<void> | void;
  /** How this system is truthfully different. Each is a fact of the system, said in docs/connectors.md. */
  differs?: {
    /** A block alone ends what is open. */
    blockEnds?: boolean;
    /** A session goes on after it was ended, as its gaps say (a self-contained token, an open stream). */
    livesOn?: boolean;
    /** External ids of credentials that are what a session lives by, and end with it. */
    sessionCredentials?: RegExp;
    /** What a probe says when all steps are done. Default: gone, nothing left. */
    proof?: { result: Probed['result']; gaps?: GapId[] };
    /** What a probe says after a rotation, where that is not the same. */
    rotationProof?: { result: Probed['result']; gaps?: GapId[] };
    /** It comes in as whoever is named: a simulation holds nothing of anybody, and what everybody has. */
    holdsEverybody?: boolean;
    /** Clients come in again in spite of the block (an emulator that does not enforce). */
    blockNotEnforced?: boolean;
    /** Checks of `test()` that can't pass on this system, by name. */
    missing?: string[];
    /** How long it may take until what was done is so, milliseconds. Default 0. */
    settleMs?: number;
  };
}

export interface Tried {
  vendor: string;
  /** How it is set up, where the suite runs on more than one way; such a run is no row of the table. */
  settings?: string;
  capabilities: Capabilities;
}

/** What one part of the suite leaves for another to judge. */
export interface Seen {
  /** The identity before anything was done to it for good. */
  before?: Standing | null;
}

export interface Run {
  seen: Seen;
  manifest: Tried;
  subject(): Subject;
  /** Runs and remembers how long it took, milliseconds. */
  timed<T>(verb: string, work: () => Promise<T>): Promise<T>;
}

export const has = (means: string | undefined): boolean => means !== undefined && means !== 'none';

export const sessionsOf = async ({ connection, identity }: Subject): Promise<NativeSession[]> =>
  (await connection.listSessions!()).filter((session) => session.externalIdentityId === identity);

/** Asks until it is so or the system's own time is over. */
export async function until<T>(subject: Subject, ask: () => Promise<T>, so: (seen: T) => boolean): Promise<T> {
  const end = performance.now() + (subject.differs?.settleMs ?? 0);
  for (;;) {
    const seen = await ask();
    if (so(seen) || performance.now() >= end) return seen;
    await sleep(50);
  }
}

/** How long the system is given: one that is declared to act before it answers is not waited for. */
export const given = ({ manifest, subject }: Run): Subject => {
  const now = subject();
  return manifest.capabilities.async ? now : ({ ...now, differs: { ...now.differs, settleMs: 0 } } as Subject);
};

/** What of an identity has to be as it was once it is restored: all that is told of it, except when it was last used. */
export type Standing = Omit<FoundIdentity, 'credentials' | 'attributes'> & {
  credentials: string[];
  attributes: string[];
};

const PASSING = /last|changed|used|seen|since|rotated|uid$/i;

export async function standingOf({ connection, identity, differs }: Subject): Promise<Standing | null> {
  const found = (await connection.discover?.([identity]))?.find((one) => one.externalId === identity);
  if (!found) return null;
  const lasting = found.credentials.filter((one) => !differs?.sessionCredentials?.test(one.externalId));
  return {
    ...found,
    credentials: lasting.map((one) => `${one.externalId} ${one.enabled !== false}`).sort(),
    attributes: Object.entries(found.attributes)
      .filter(([name]) => !PASSING.test(name))
      .map((each) => JSON.stringify(each))
      .sort(),
  };
}

export const sameStanding = (one: Standing | null, other: Standing | null): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** As `took`; one that is declared to act before it answers has acted. */
export function tookBy({ manifest }: Run, acted: Acted, affected?: number): void {
  if (!manifest.capabilities.async) expect(acted.state, 'declared to act before it answers').toBe('effective');
  took(acted, affected);
}

export const took = (acted: Acted, affected?: number): void => {
  expect(['effective', 'accepted']).toContain(acted.state);
  if (affected !== undefined && acted.state === 'effective') expect(acted.affected).toBe(affected);
};
