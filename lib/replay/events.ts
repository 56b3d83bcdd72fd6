import type { Trace } from '@/lib/decisions/model';
import { giveBackValue, settleValue } from '@/lib/exposures/members-state';
import { advance, giveBack, settleAtOnce } from '@/lib/exposures/state';
import type { World, WorldClosing } from '@/lib/replay/model';
import { putLine } from '@/lib/replay/opening';
import type { EntryRow, LineRow, Place } from '@/lib/replay/store';
import { closeIn } from '@/lib/replay/world';

/** What happened beside the decisions that are judged again: others' decisions, and how holds ended. */
export interface Beside {
  atMs: number;
  writer: string;
  seq: bigint;
  apply(world: World): void;
}

export interface Told {
  place: Place;
  trace: Trace;
}

export type Happened = { told: Told } | { beside: Beside };

const CLOSINGS = ['settle', 'release', 'expire', 'overrun'];

/** Turns ledger entries into what they did. Entries of decisions that are judged again follow from those. */
export function besideOf(entries: EntryRow[], lines: LineRow[], again: ReadonlyMap<string, number>): Beside[] {
  const closings = new Map<string, Beside & { closing: WorldClosing & { actual: Map<string, bigint> } }>();
  const found: Beside[] = [];
  for (const entry of entries) {
    const at = { atMs: entry.at.getTime(), writer: entry.writer, seq: entry.seq };
    const ours = entry.decision_id !== null && again.has(entry.decision_id);
    if (entry.hold_id && CLOSINGS.includes(entry.kind)) close(closings, found, entry, at);
    else if (entry.kind === 'release') found.push({ ...at, apply: withdrawn(entry, again) });
    else if (entry.kind === 'leave') found.push({ ...at, apply: left(entry) });
    else if (ours) continue;
    else if (entry.kind === 'reserve') {
      const line = lines.find((one) => one.hold_id === entry.hold_id && one.exposure_id === entry.exposure_id);
      if (line) found.push({ ...at, apply: (world) => putLine(world, line, false) });
    } else if (entry.kind === 'settle' || entry.kind === 'overrun') found.push({ ...at, apply: counted(entry) });
  }
  return found;
}

type Closings = Map<string, Beside & { closing: WorldClosing & { actual: Map<string, bigint> } }>;

/** All entries of one end of one hold are one closing. */
function close(closings: Closings, found: Beside[], entry: EntryRow, at: Omit<Beside, 'apply'>): void {
  const key = `${entry.hold_id} ${at.atMs}`;
  let one = closings.get(key);
  if (!one) {
    const kind = entry.kind === 'overrun' ? 'settle' : (entry.kind as WorldClosing['kind']);
    const closing = { decisionId: entry.decision_id ?? '', atMs: at.atMs, kind, actual: new Map<string, bigint>() };
    one = { ...at, closing, apply: (world) => void closeIn(world, closing) };
    closings.set(key, one);
    found.push(one);
  }
  const { actual } = one.closing;
  actual.set(entry.exposure_id, (actual.get(entry.exposure_id) ?? 0n) + entry.settled);
}

const whoOf = (entry: EntryRow) => ({
  sessionId: entry.session_id ?? '',
  identityId: null,
  decisionId: entry.decision_id,
  holdId: null,
});

const counted = (entry: EntryRow) => (world: World) => {
  const state = world.states.get(entry.exposure_id);
  const member = world.valueOf.get(`${entry.decision_id} ${entry.exposure_id}`);
  if (state && member !== undefined) settleValue(state, entry.at.getTime(), member, whoOf(entry));
  else if (state) settleAtOnce(state, entry.at.getTime(), entry.settled, whoOf(entry));
};

const withdrawn = (entry: EntryRow, again: ReadonlyMap<string, number>) => (world: World) => {
  const state = world.states.get(entry.exposure_id);
  const countedMs = again.get(entry.decision_id ?? '') ?? entry.at.getTime();
  const member = world.valueOf.get(`${entry.decision_id} ${entry.exposure_id}`);
  if (state && member !== undefined) giveBackValue(state, entry.at.getTime(), countedMs, member, whoOf(entry));
  else if (state) giveBack(state, entry.at.getTime(), countedMs, -entry.settled, whoOf(entry));
};

/** What a session had counted over live sessions leaves with it. */
const left = (entry: EntryRow) => (world: World) => {
  const state = world.states.get(entry.exposure_id);
  if (state && entry.session_id) advance(state, entry.at.getTime(), null, new Set([entry.session_id]));
};

/** One order of what happened: by instant, within a writer by place, between writers as the exposures they share say. */
export function inOrder(told: Told[], beside: Beside[]): Happened[] {
  const all = [
    ...told.map((one) => ({
      atMs: one.place.at.getTime(),
      writer: one.place.writer,
      seq: one.place.seq,
      one: { told: one } as Happened,
    })),
    ...beside.map((one) => ({ ...one, one: { beside: one } as Happened })),
  ];
  const first = ranks(told);
  const rank = (one: (typeof all)[number]): number => first.get(`${one.atMs} ${one.writer}`) ?? -1;
  all.sort(
    (a, b) =>
      a.atMs - b.atMs ||
      (a.writer === b.writer ? Number(a.seq - b.seq) : rank(a) - rank(b) || (a.writer < b.writer ? -1 : 1)),
  );
  return all.map(({ one }) => one);
}

/** Writers that committed in the same millisecond: who saw the lower revision of a shared exposure came first. */
function ranks(told: Told[]): Map<string, number> {
  const groups = new Map<string, Map<string, bigint>>();
  for (const { place, trace } of told) {
    const key = `${place.at.getTime()} ${place.writer}`;
    const seen = groups.get(key) ?? new Map<string, bigint>();
    for (const one of trace.exposures) if (!seen.has(one.exposureId)) seen.set(one.exposureId, BigInt(one.revision));
    groups.set(key, seen);
  }
  const keys = [...groups.keys()].sort((a, b) => {
    for (const [id, revision] of groups.get(a)!) {
      const other = groups.get(b)!.get(id);
      if (other !== undefined && other !== revision) return revision < other ? -1 : 1;
    }
    return a < b ? -1 : 1;
  });
  return new Map(keys.map((key, index) => [key, index]));
}
