import type { Entry, EntryKind, ExposureState } from '@/lib/exposures/model';

// The counters of an exposure and what moves them, pure.

/** Whom a ledger entry names. */
export interface Who {
  sessionId: string | null;
  identityId: string | null;
  decisionId: string | null;
  holdId: string | null;
}

export function ownSums(state: ExposureState, sessionId: string): { settled: bigint; held: bigint; alone: bigint } {
  let sums = state.sums.get(sessionId);
  if (!sums) {
    sums = { settled: 0n, held: 0n, alone: 0n };
    state.sums.set(sessionId, sums);
  }
  return sums;
}

/** Moves counters, and writes the entry that says so. */
export function move(
  state: ExposureState,
  kind: EntryKind,
  atMs: number,
  settled: bigint,
  held: bigint,
  who: Who,
): Entry {
  state.settled += settled;
  state.held += held;
  state.revision += 1n;
  state.dirty = true;
  return {
    exposureId: state.id,
    revision: state.revision,
    atMs,
    kind,
    settled,
    held,
    settledNow: state.settled,
    heldNow: state.held,
    sessionId: who.sessionId,
    identityId: who.identityId,
    decisionId: who.decisionId,
    holdId: who.holdId,
  };
}
