import type { Told } from '@/lib/sessions/told-state';

/** What correlate reads and makes. Times are milliseconds since the epoch. */
export interface Fact {
  /** The event's own id, the same whenever the event is read. */
  id: string;
  identityId: string;
  source: string;
  key: string;
  phase: 'open' | 'close' | 'seen';
  gapSecs: number;
  at: number;
  /** What a session takes from its first event. */
  about: About;
  /** What this event tells of its session. */
  told: Told;
  read: boolean;
  change: boolean;
}

export interface About {
  kind: string;
  label: string;
  network: string | null;
  region: string | null;
  agent: string | null;
  credential: string | null;
  credentialId: string | null;
}

/** A session that is stored already, under a key that this run touches. */
export interface Known {
  id: string;
  identityId: string;
  source: string;
  key: string;
  start: number;
  /** Last event; of one whose close was seen, the close. */
  end: number;
  /** Its first event; null where that was not kept. */
  first: string | null;
  told: Told;
  /** Its close was seen. */
  closed: boolean;
  /** Ended by an operator, a policy or the system: it never lives again, later events are another session. */
  sealed: boolean;
  /** Events counted in it, those too that are not kept any more. */
  eventCount: number;
  /** A revocation, decision or finding names it: its row stays. */
  named?: boolean;
}

/** A close that had no open when it was stored. */
export interface Orphan {
  eventId: string;
  identityId: string;
  source: string;
  key: string;
  at: number;
}

/** A stored event of a key that has to be told anew, with the session it was stored with (null: a close without an open). */
export interface Retold extends Fact {
  sessionId: string | null;
}

export interface Correlated {
  /** The stored session this is, or null for a new one. */
  id: string | null;
  identityId: string;
  source: string;
  key: string;
  start: number;
  end: number;
  /** opened and not closed: it lives until its log ends. */
  unclosed: boolean;
  closed: boolean;
  sealed: boolean;
  gapSecs: number;
  /** From the first event; null when a stored session keeps its own. */
  about: About | null;
  /** The first event's id. */
  first: string | null;
  told: Told;
  /** To be added to what is stored; `anew`: instead of it. */
  events: number;
  reads: number;
  changes: number;
  anew: boolean;
  /** Ids of the facts and orphans that belong to it. */
  eventIds: string[];
}

export interface Outcome {
  sessions: Correlated[];
  /**
   * Stored sessions that turned out to be a part of another one (index into `sessions`): their events and counts move there,
   * and from the one that began it (`leads`) what it is about.
   */
  merged: { id: string; into: number; leads?: boolean }[];
  /** A stored close that belongs to another session than the one it was stored with. */
  moved: { from: string; at: number; into: number | null }[];
  /** Closes that still have no open. */
  orphans: string[];
  /** Stored sessions of keys told anew that are none any more: all their stored events belong to others now. */
  gone: { id: string; identityId: string }[];
}
