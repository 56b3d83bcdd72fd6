import { readTraces } from '@/lib/decisions/read-traces';
import { advanceMembers, giveBackValue, growValue, settleValue } from '@/lib/exposures/members-state';
import type { ExposureState } from '@/lib/exposures/model';
import { type ValueEvent, valueEvents } from '@/lib/replay/values/store';
import { valuesOf } from '@/lib/replay/values-of';

/** Decisions that are read at most to find out which values stand in one exposure. */
const MOST = 5_000;

/**
 * Fills in which values a `distinct` exposure stands at, and in each session's own ledger of it. The ledger says how many; the decisions of those who use the exposure
 * say which, asked again in their order. False: there are too many of them, or they do not come to what the ledger says, so
 * it is not known.
 */
export async function openValues(state: ExposureState, atMs: number): Promise<boolean> {
  const events = await valueEvents(state, new Date(atMs).toISOString(), MOST + 1);
  if (!events || events.length > MOST) return false;
  const decided = events.filter((one) => one.trace !== null);
  const traces = await readTraces(decided.map((one) => one.trace!));
  const values = await valuesOf(traces);
  const recorded = new Map(traces.map((trace) => [trace.decisionId, trace]));
  const told: ExposureState = { ...state, settled: 0n, revision: 0n, sums: new Map(), names: new Map() };
  for (const one of events) {
    const value = values.get(one.decision_id ?? '')?.get(state.id);
    const trace = recorded.get(one.decision_id ?? '');
    happen(told, one, { value, allowed: trace?.verdict === 'allow', alone: trace?.alone === 'allow' });
  }
  advanceMembers(told, atMs, told.windowSecs, NOBODY);
  if (told.settled !== state.settled) return false;
  if (told.members) state.members = told.members;
  state.sums = told.sums;
  return true;
}

const NOBODY: ReadonlySet<string> = new Set();

function happen(
  state: ExposureState,
  { kind, at, counted_at, session_id, decision_id }: ValueEvent,
  { value, allowed, alone }: { value: string | undefined; allowed: boolean; alone: boolean },
): void {
  const [atMs, sessionId] = [at.getTime(), session_id ?? ''];
  const who = { sessionId, identityId: null, decisionId: decision_id, holdId: null };
  if (kind === 'leave') advanceMembers(state, atMs, null, new Set([sessionId]));
  else advanceMembers(state, atMs, state.windowSecs, NOBODY);
  if (value === undefined) return;
  if (kind === 'release') giveBackValue(state, atMs, counted_at!.getTime(), value, who);
  if (kind !== 'decided') return;
  if (allowed) settleValue(state, atMs, value, who);
  if (alone) growValue(state, atMs, value, sessionId);
}
