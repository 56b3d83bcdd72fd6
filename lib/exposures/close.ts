import type { ExposureState, Hold } from '@/lib/exposures/model';
import { type Closing, closeLine } from '@/lib/exposures/state';
import type { Writes } from '@/lib/exposures/writes';

const ENDS = { settle: 'settled', release: 'released', expire: 'expired' } as const;

/** Closes a whole hold on locked states: every line, its entries, and the hold's own end. `actual` is asked per line. */
export function closeHold(
  hold: Hold,
  kind: Closing['kind'],
  actual: (line: Hold['lines'][number]) => bigint,
  states: ReadonlyMap<string, ExposureState>,
  writes: Writes,
): void {
  const settled = hold.lines.map((line) => {
    const amount = actual(line);
    const entries = closeLine(states.get(line.exposureId)!, writes.nowMs, hold, { kind, actual: amount });
    writes.records.push(...entries.map((entry) => ({ entry })));
    line.settled = entries.reduce((sum, entry) => sum + entry.settled, 0n);
    return { exposureId: line.exposureId, settled: line.settled };
  });
  hold.state = ENDS[kind];
  writes.closed.push({ id: hold.id, state: hold.state, settled });
}

/** What expiry does to a hold: gives back what was held, or counts it, as its meter says. */
export const expireHold = (hold: Hold, states: ReadonlyMap<string, ExposureState>, writes: Writes): void =>
  closeHold(
    hold,
    'expire',
    (line) => ((line.onExpiry ?? hold.onExpiry) === 'settle' ? line.amount : 0n),
    states,
    writes,
  );
