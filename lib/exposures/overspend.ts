import { move } from '@/lib/exposures/counters-state';
import type { ExposureState, Hold } from '@/lib/exposures/model';
import { bump } from '@/lib/exposures/slices-state';
import { sliceEnd } from '@/lib/exposures/window-state';
import type { Writes } from '@/lib/exposures/writes';

/**
 * Counts on the lines of a hold that has ended what was spent of `attribute` beyond what its end counted, as an overrun of
 * now. Nothing is taken back where less was spent. `actual`: minor units at a scale. The same again changes nothing.
 */
export function overspend(
  hold: Hold,
  attribute: string | null,
  actual: (scale: number) => bigint,
  states: ReadonlyMap<string, ExposureState>,
  writes: Writes,
): void {
  // What an end in this very transaction counts is only known to what is about to be written.
  const closing = writes.closed.find((one) => one.id === hold.id);
  const settled = hold.lines.map((line) => {
    const { exposureId } = line;
    const counted = closing?.settled.find((one) => one.exposureId === exposureId)?.settled ?? line.settled;
    const state = states.get(exposureId)!;
    const beyond = attribute !== null && line.attribute === attribute ? actual(state.scale) - counted : 0n;
    if (beyond <= 0n) return { exposureId, settled: counted };
    const { sessionId, identityId, decisionId, id: holdId } = hold;
    bump(state, sliceEnd(writes.nowMs, state.windowSecs, state.calendar), sessionId, beyond, 0n);
    const who = { sessionId, identityId, decisionId, holdId };
    writes.records.push({ entry: move(state, 'overrun', writes.nowMs, beyond, 0n, who) });
    return { exposureId, settled: counted + beyond };
  });
  if (closing) closing.settled = settled;
  else writes.closed.push({ id: hold.id, state: hold.state, settled });
  for (const line of hold.lines) line.settled = settled.find((one) => one.exposureId === line.exposureId)!.settled;
}
