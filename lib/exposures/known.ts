import type { CompiledSet, Exemption, IdentitySeen, SessionSeen } from '@/lib/policies/compiled-model';
import type { ZonesOf } from '@/lib/zones/zone-of-state';

// What a lane knows of who asks. None of it decides anything by itself: behind the locks every batch reads which version
// of each row binds (its `xmin`, which no two committed versions of one row share), and reads again what is not the version it knows.

export interface SetRow {
  id: string;
  name: string;
  version: number;
  hash: string;
  mode: string;
  /** active | shadow */
  state: string;
  /** Moves with every change of its exemptions. */
  exempt_rev: number;
  exemptions: Exemption[] | null;
}

/** A session as found, with what tells whether it may live on. */
export interface SessionFound extends SessionSeen {
  groupKey: string;
  endedBy: string | null;
  /** It ended before its identity became active (again): what ended it has been taken back. */
  outlived?: boolean;
}

export interface Identified {
  identity: IdentitySeen;
  /** Versions of the identity's row and of its workflows' rows. */
  version: string;
  workflows: string;
  /** The versions of its live sessions, as last read; null: not known. */
  live: string | null;
  /** Oldest first. */
  liveIds: string[];
}

export interface Known {
  /** Identity id by alias. */
  aliases: Map<string, string>;
  /** Session id by identity and key. */
  sessionIds: Map<string, string>;
  sessions: Map<string, { version: string; session: SessionFound }>;
  identities: Map<string, Identified>;
  /** With what tells zones of sessions; null: no active set reads them. */
  sets: { version: string; compiled: CompiledSet[]; zonesOf: ZonesOf | null } | null;
}

export const nothingKnown = (): Known => ({
  aliases: new Map(),
  sessionIds: new Map(),
  sessions: new Map(),
  identities: new Map(),
  sets: null,
});

const MAX_KNOWN = 50_000;

/** Forgets everything before it grows beyond bounds; what is asked next is read again. */
export function bound(known: Known): void {
  for (const map of [known.aliases, known.sessionIds, known.sessions, known.identities]) {
    if (map.size <= MAX_KNOWN) continue;
    known.aliases.clear();
    known.sessionIds.clear();
    known.sessions.clear();
    known.identities.clear();
  }
}
