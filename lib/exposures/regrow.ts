import type pg from 'pg';
import { countedSince } from '@/lib/exposures/ledger/counted';
import type { Entry, ExposureState } from '@/lib/exposures/model';
import { regrown } from '@/lib/exposures/regrow-state';
import type { CompiledSet, Meter, Touch } from '@/lib/policies/compiled-model';

/** What is judged: which rows are touched, and by the sets that bind. */
export interface Touching {
  touches: readonly Touch[];
  /** The touches were found by other sets than those that bind. */
  foreign?: boolean;
  sets: readonly CompiledSet[];
  states: ReadonlyMap<string, ExposureState>;
  nowMs: number;
}

/**
 * Gives exposures whose sliding window is another by the sets that bind than when they were last written the new one. A longer
 * one counts at once what had left the shorter: the ledger has it. Answers the entries that say so.
 */
export async function regrow(client: pg.Client, { touches, foreign, sets, states, nowMs }: Touching): Promise<Entry[]> {
  const longer = new Map<string, number>();
  for (const one of touches) {
    const state = states.get(one.exposureId);
    const meter = foreign ? binding(sets, one) : one.meter;
    if (!state || !meter || state.windowSecs === meter.windowSecs) continue;
    const secs = meter.calendar === null ? meter.windowSecs : null;
    // A row that was made by a version that binds no more has counted nothing yet.
    if (state.version === 0n)
      Object.assign(state, { windowSecs: meter.windowSecs, calendar: meter.calendar, noted: true });
    else if (!secs || !state.windowSecs || state.calendar) continue;
    else if (secs < state.windowSecs) Object.assign(state, { windowSecs: secs, noted: true, dirty: true });
    else if (state.kind === 'sum' || state.kind === 'count') longer.set(state.id, secs);
  }
  if (!longer.size) return [];
  const rows = await countedSince(client, nowMs, longer);
  return [...longer].flatMap(([id, secs]) => regrown(states.get(id)!, nowMs, secs, rows.get(id) ?? []));
}

const binding = (sets: readonly CompiledSet[], { set, meter }: Touch): Meter | undefined =>
  sets.find((one) => one.name === set && one.mode === 'enforce')?.meters.find((one) => one.name === meter.name);
