import type { ExposureState, Hold } from '@/lib/exposures/model';
import { ownSums, putSlice, sliceEnd } from '@/lib/exposures/state';
import type { World } from '@/lib/replay/model';
import { openValues } from '@/lib/replay/open-values';
import { type CountedRow, counted, type LineRow, type OpeningRow, openings, openLines } from '@/lib/replay/store';

export interface Opening {
  states: ExposureState[];
  lines: LineRow[];
  /** `distinct` exposures of which it is known how many values stand in them, and not which. */
  unknown: ExposureState[];
  /** Exposures whose window the ledger does not come to: it was another then. */
  inexact: ExposureState[];
}

/** The window of a meter, as the first decision on it says. */
export type Windows = ReadonlyMap<string, Pick<ExposureState, 'windowSecs' | 'calendar'>>;

/** Exposures as they stood just before an instant, from the ledger alone. A session's own ledger is not in it. */
export async function opening(ids: string[], atMs: number, windows: Windows): Promise<Opening> {
  const at = new Date(atMs).toISOString();
  const [rows, lines] = await Promise.all([openings(ids, at), openLines(ids, at)]);
  const states = new Map(rows.map((row) => [row.id, { ...stateOf(row), ...windows.get(row.id) }]));
  const sums = await counted(
    [...states.values()].filter((state) => state.kind !== 'distinct'),
    at,
  );
  const unknown: ExposureState[] = [];
  const inexact: ExposureState[] = [];
  for (const state of states.values()) {
    if (state.kind === 'distinct') {
      // A session's own ledger may hold values where nothing is settled: all that it asked was denied together.
      if (!(await openValues(state, atMs)) && state.settled > 0n) unknown.push(state);
      continue;
    }
    count(
      state,
      sums.filter((row) => row.exposure_id === state.id),
      atMs,
    );
    const sliced = [...state.slices.values()].reduce((sum, slice) => sum + slice.settled, 0n);
    if (sliced !== state.settled) inexact.push(state);
  }
  return { states: [...states.values()], lines, unknown, inexact };
}

const stateOf = (row: OpeningRow): ExposureState => ({
  id: row.id,
  set: row.policy_set,
  meter: row.meter,
  kind: row.kind,
  scope: row.scope,
  key: row.key,
  unit: row.unit,
  scale: row.scale,
  windowSecs: row.window_secs,
  calendar: row.calendar,
  settled: row.settled_now,
  held: row.held_now,
  limit: null,
  ruleId: null,
  revision: row.revision,
  version: 0n,
  identityIds: [],
  slices: new Map(),
  open: new Map(),
  lines: new Map(),
  sums: new Map(),
  names: new Map(),
  dirty: false,
  dirtySlices: new Set(),
  leftSlices: [],
});

/** Puts what still counts into its slices. What was given back leaves the slice in which it had been counted. */
function count(state: ExposureState, rows: CountedRow[], atMs: number): void {
  const slices = new Map<string, { endMs: number; sessionId: string; settled: bigint; alone: bigint }>();
  for (const row of rows) {
    if (!row.session_id) continue;
    const origin = row.settled < 0n && rows.find((one) => one.settled > 0n && one.decision_id === row.decision_id);
    const endMs = sliceEnd((origin || row).at.getTime(), state.windowSecs, state.calendar);
    if (state.windowSecs !== null && endMs + state.windowSecs * 1000 < atMs) continue;
    const key = `${endMs} ${row.session_id}`;
    const slice = slices.get(key) ?? { endMs, sessionId: row.session_id, settled: 0n, alone: 0n };
    slice.settled += row.settled;
    slices.set(key, slice);
  }
  for (const slice of slices.values()) putSlice(state, slice);
}

const holdOf = (line: LineRow): Hold => ({
  id: line.hold_id,
  decisionId: line.decision_id,
  identityId: line.identity_id,
  sessionId: line.session_id ?? '',
  tokenId: null,
  kind: line.kind as Hold['kind'],
  state: 'held',
  onExpiry: line.on_expiry as Hold['onExpiry'],
  createdMs: line.created_at.getTime(),
  expiresMs: line.expires_at.getTime(),
  lines: [],
});

/** Puts a line of a hold that was not made in this world into it. `counts`: the exposure's `held` has it already. */
export function putLine(world: World, row: LineRow, counts: boolean): void {
  const state = world.states.get(row.exposure_id);
  if (!state || state.lines.has(row.hold_id)) return;
  const hold = world.holds.get(row.hold_id) ?? holdOf(row);
  hold.lines.push({ exposureId: row.exposure_id, amount: row.amount, settled: 0n, attribute: row.attribute });
  world.holds.set(hold.id, hold);
  world.holdOf.set(hold.decisionId, hold.id);
  state.lines.set(hold.id, {
    holdId: hold.id,
    sessionId: hold.sessionId,
    amount: row.amount,
    expiresMs: hold.expiresMs,
  });
  ownSums(state, hold.sessionId).held += row.amount;
  if (counts) return;
  state.held += row.amount;
  state.revision += 1n;
}
