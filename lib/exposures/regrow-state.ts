import { move } from '@/lib/exposures/counters-state';
import type { Entry, ExposureState } from '@/lib/exposures/model';
import { clearSettled, putBack, sliceEnd } from '@/lib/exposures/state';

// A window that has been made longer counts what had left the shorter one. Pure.

/** What was counted, as the ledger has it; less than zero: given back. */
export interface Counted {
  atMs: number;
  settled: bigint;
  sessionId: string;
  decisionId: string | null;
}

/** What counts of each session, oldest first, less what was given back of it. */
function standing(rows: readonly Counted[]): Map<string, Counted[]> {
  const bySession = new Map<string, Counted[]>();
  for (const row of rows.toSorted((a, b) => a.atMs - b.atMs)) {
    const own = bySession.get(row.sessionId) ?? [];
    bySession.set(row.sessionId, own);
    const origin = row.settled < 0n ? own.find((one) => one.decisionId === row.decisionId) : undefined;
    if (origin) origin.settled += row.settled;
    else if (row.settled > 0n) own.push({ ...row });
  }
  return bySession;
}

/**
 * Widens the window of a sum or count to `windowSecs`: each session's part is what the ledger has within the longer window,
 * in slices of it. The entries say what is back. Nothing is made less: what the ledger no longer has stays as it stands.
 */
export function regrown(state: ExposureState, nowMs: number, windowSecs: number, rows: readonly Counted[]): Entry[] {
  state.windowSecs = windowSecs;
  state.noted = true;
  state.dirty = true;
  const entries: Entry[] = [];
  for (const [sessionId, own] of standing(rows)) {
    const within = own.filter((one) => sliceEnd(one.atMs, windowSecs) + windowSecs * 1000 > nowMs);
    const missing = within.reduce((sum, one) => sum + one.settled, 0n) - (state.sums.get(sessionId)?.settled ?? 0n);
    if (missing < 0n) continue;
    clearSettled(state, sessionId);
    let rest = missing;
    for (const { atMs, settled } of within) {
      const back = settled < rest ? settled : rest;
      putBack(state, sliceEnd(atMs, windowSecs), sessionId, { settled, alone: back });
      rest -= back;
    }
    if (missing === 0n) continue;
    const who = {
      sessionId,
      identityId: state.names.get(sessionId)?.identityId ?? null,
      decisionId: null,
      holdId: null,
    };
    entries.push(move(state, 'leave', nowMs, missing, 0n, who));
  }
  return entries;
}
