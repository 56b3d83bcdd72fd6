import { setImmediate } from 'node:timers/promises';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { ExposureSeen, Trace } from '@/lib/decisions/model';
import { readTraces } from '@/lib/decisions/read-traces';
import type { ExposureState, Members } from '@/lib/exposures/model';
import { advance } from '@/lib/exposures/state';
import type { CompiledSet } from '@/lib/policies/compiled-model';
import { changedSets } from '@/lib/replay/changed-sets';
import { differences } from '@/lib/replay/differ-state';
import { besideOf, type Happened, inOrder, type Told } from '@/lib/replay/events';
import {
  type Change,
  type Judged,
  type Replayed,
  type ReplayQuery,
  type ReplaySummary,
  replayQuerySchema,
  type World,
} from '@/lib/replay/model';
import { opening, putLine, type Windows } from '@/lib/replay/opening';
import { type PastSets, pastSets } from '@/lib/replay/past-sets';
import { recall } from '@/lib/replay/recall';
import { type EntryRow, entries, identitiesOf, linesOf, type Place, places, traces } from '@/lib/replay/store';
import { valuesOf } from '@/lib/replay/values-of';
import { askIn, closeIn, newWorld } from '@/lib/replay/world';

const PAGE = 250;
/** Judged in one go; then whoever else waits for this process has a turn. */
const BREATHE = 25;

interface Replaying {
  sets: PastSets;
  /** What happened, and with a change what would have. */
  worlds: World[];
  change: Change | undefined;
  changed: ((sets: CompiledSet[]) => CompiledSet[]) | undefined;
  /** Instants of the decisions that are judged again. */
  again: Map<string, number>;
  /** Revision up to which the ledger of an exposure has been read. */
  known: Map<string, bigint>;
  fromMs: number;
  /** Meters (`set/meter`) that stood at values nobody can tell any more when the replay came to them. */
  unknown: Set<string>;
  /** Meters whose window was made longer, or was another where the replay came to them. */
  inexact: Set<string>;
}

/**
 * Judges the stored decisions of a period again, in their order, by the functions that judged them and the sets they were
 * judged by; with a change also as they would have been. Exposures open as the ledger has them at the beginning; how holds
 * ended and what others moved comes from the ledger. With nothing changed every answer is the one on record. Throws
 * `access.denied`, `input.invalid`, `policy.invalid`.
 */
export async function* replay(ctx: Ctx, query: ReplayQuery, change?: Change): AsyncGenerator<Replayed, ReplaySummary> {
  authorise(ctx, 'console.read');
  const { from, to, identityIds, exposureId, limit } = replayQuerySchema.parse(query);
  const ids = identityIds ?? (exposureId ? await identitiesOf(exposureId, from, to) : null);
  const found = await places(from, to, ids, limit + 1);
  const truncated = found.length > limit;
  const kept = truncated ? found.slice(found.length - limit) : found;
  const sets = pastSets();
  const replaying: Replaying = {
    sets,
    worlds: change ? [newWorld(), newWorld()] : [newWorld()],
    change,
    changed: change && changedSets(change, sets.sourceOf),
    again: new Map(kept.map((place) => [place.id, place.at.getTime()])),
    known: new Map(),
    fromMs: kept[0]?.at.getTime() ?? Date.parse(from),
    unknown: new Set(),
    inexact: new Set(),
  };
  let reproduced = 0;
  let judged = 0;
  for (const page of pagesOf(kept)) {
    for (const one of await happened(replaying, page)) {
      if ('beside' in one) {
        for (const world of replaying.worlds) one.beside.apply(world);
        continue;
      }
      const again = judgeAgain(replaying, one.told.trace);
      if (!again.differs.length) reproduced += 1;
      yield again;
      if (++judged % BREATHE === 0) await setImmediate();
    }
  }
  return {
    from: new Date(replaying.fromMs).toISOString(),
    to,
    decisions: kept.length,
    reproduced,
    truncated,
    unknown: [...replaying.unknown].sort(),
    inexact: [...replaying.inexact].sort(),
  };
}

/** Pages never part what was decided at one instant. */
function* pagesOf(found: Place[]): Generator<Place[]> {
  let page: Place[] = [];
  for (const place of found) {
    if (page.length >= PAGE && place.at.getTime() !== page.at(-1)!.at.getTime()) {
      yield page;
      page = [];
    }
    page.push(place);
  }
  if (page.length) yield page;
}

/** Everything that happened in a page's time to the exposures it touches, in order. */
async function happened(replaying: Replaying, page: Place[]): Promise<Happened[]> {
  const texts = await traces(page.map((place) => place.id));
  const read = await readTraces(page.map((place) => texts.get(place.id)!));
  const told = page.map((place, index): Told => ({ place, trace: read[index]! }));
  await replaying.sets.learn(told.map((one) => one.trace));
  const touched = [...new Set(told.flatMap((one) => one.trace.exposures.flatMap(idsOf)))];
  const fromMs = page[0]!.at.getTime();
  await open(
    replaying,
    touched.filter((id) => !replaying.known.has(id)),
    fromMs,
    windowsOf(told),
  );
  const from = new Date(replaying.fromMs).toISOString();
  const to = page.at(-1)!.at.toISOString();
  const rows = await entries(
    touched.map((id) => ({ id, revision: replaying.known.get(id)! })),
    from,
    to,
  );
  for (const row of rows) {
    const known = replaying.known.get(row.exposure_id)!;
    if (row.revision > known) replaying.known.set(row.exposure_id, row.revision);
  }
  await tellValues(replaying, rows);
  const others = rows.filter((row) => row.kind === 'reserve' && !replaying.again.has(row.decision_id ?? ''));
  const lines = await linesOf([...new Set(others.flatMap((row) => row.hold_id ?? []))]);
  return inOrder(told, besideOf(rows, lines, replaying.again));
}

/** Which values others brought, whose decisions are not judged again. */
async function tellValues({ worlds, again }: Replaying, rows: EntryRow[]): Promise<void> {
  const brought = rows.filter(
    (row) =>
      row.kind === 'settle' &&
      row.decision_id !== null &&
      !again.has(row.decision_id) &&
      worlds[0]!.states.get(row.exposure_id)?.kind === 'distinct',
  );
  if (!brought.length) return;
  const texts = await traces([...new Set(brought.map((row) => row.decision_id!))]);
  for (const [decisionId, values] of await valuesOf(await readTraces([...texts.values()])))
    for (const [exposureId, value] of values)
      for (const world of worlds) world.valueOf.set(`${decisionId} ${exposureId}`, value);
}

/** Exposures that come up for the first time open as the ledger has them, in both worlds alike. */
async function open(replaying: Replaying, ids: string[], atMs: number, windows: Windows): Promise<void> {
  if (!ids.length) return;
  for (const id of ids) replaying.known.set(id, 0n);
  const { states, lines, unknown, inexact } = await opening(ids, atMs, windows);
  for (const { set, meter } of unknown) replaying.unknown.add(`${set}/${meter}`);
  for (const { set, meter } of inexact) replaying.inexact.add(`${set}/${meter}`);
  for (const state of states) {
    replaying.known.set(state.id, state.revision);
    for (const [index, world] of replaying.worlds.entries())
      if (!world.states.has(state.id)) world.states.set(state.id, index ? copyOf(state) : state);
  }
  for (const line of lines) for (const world of replaying.worlds) putLine(world, line, true);
}

/** An exposure, and those of who was merged into who asked. */
const idsOf = ({ exposureId, formerly }: ExposureSeen): string[] => [exposureId, ...(formerly ?? [])];

/** By what window each exposure was first judged. */
function windowsOf(told: readonly Told[]): Windows {
  const windows = new Map<string, { windowSecs: number | null; calendar: string | null }>();
  for (const { trace } of told)
    for (const seen of trace.exposures)
      for (const id of idsOf(seen))
        if (!windows.has(id)) windows.set(id, { windowSecs: seen.windowSecs, calendar: seen.window ?? null });
  return windows;
}

const copyOf = (state: ExposureState): ExposureState => ({
  ...state,
  slices: new Map([...state.slices].map(([key, slice]) => [key, { ...slice }])),
  lines: new Map(state.lines),
  sums: new Map([...state.sums].map(([key, sums]) => [key, { ...sums }])),
  names: new Map(state.names),
  ...(state.members ? { members: membersCopy(state.members) } : {}),
  dirtySlices: new Set(),
  leftSlices: [],
});

const membersCopy = ({ uses, nextMs }: Members): Members => ({
  uses: new Map([...uses].map(([value, own]) => [value, new Map([...own].map(([id, use]) => [id, { ...use }]))])),
  nextMs,
  dirty: new Set(),
});

function judgeAgain(replaying: Replaying, recorded: Trace): Replayed {
  const asked = recall(recorded, replaying.sets.of(recorded));
  const [world, other] = replaying.worlds as [World, World | undefined];
  const standing = new Map(recorded.exposures.map((seen) => [seen.exposureId, BigInt(seen.aloneBefore)]));
  for (const seen of recorded.exposures) {
    const state = world.states.get(seen.exposureId);
    if (state && isWidened(state, seen)) replaying.inexact.add(`${state.set}/${state.meter}`);
  }
  const same = askIn(world, { ...asked, standing });
  const differs = differences(recorded, same);
  for (const seen of recorded.exposures) {
    const state = world.states.get(seen.exposureId);
    if (state?.kind === 'distinct' && ownUnknown(seen, same)) replaying.unknown.add(`${state.set}/${state.meter}`);
  }
  const changed = other ? judgeChanged(replaying, other, { ...asked, carried: same.carried }) : null;
  return { recorded, same, differs, changed };
}

/** A window made longer counts again what had left it: that is not in this world any more. A shorter one lets go by itself. */
const isWidened = ({ kind, windowSecs, calendar }: ExposureState, seen: ExposureSeen): boolean =>
  (kind === 'sum' || kind === 'count') &&
  ((seen.window ?? null) !== calendar ||
    (windowSecs !== null && (seen.windowSecs ?? Number.POSITIVE_INFINITY) > windowSecs));

/** A session's own ledger stood at values this world has not seen: how many is on record, which is not. */
const ownUnknown = ({ exposureId, aloneBefore }: ExposureSeen, { carried, exposures }: Judged): boolean =>
  carried.has(exposureId) || exposures.find((one) => one.exposureId === exposureId)?.aloneBefore !== aloneBefore;

function judgeChanged({ change, changed }: Replaying, world: World, asked: Parameters<typeof askIn>[1]): Judged {
  const ended = (id: string): boolean =>
    (change!.ended ?? []).some((one) => one.sessionId === id && one.atMs <= asked.atMs);
  for (const one of change!.ended ?? []) if (one.atMs <= asked.atMs) releaseAll(world, one);
  const session = ended(asked.session.id) ? { ...asked.session, ended: true } : asked.session;
  return askIn(world, {
    ...asked,
    session,
    sessions: asked.sessions.filter((one) => !ended(one.id)),
    workflowSessions: new Map(
      [...(asked.workflowSessions ?? [])].map(([id, sessions]) => [id, sessions.filter((one) => !ended(one.id))]),
    ),
    sets: changed!(asked.sets),
  });
}

/** Whoever ends a session gives back what it holds; what it has settled stays, unless it counts over live sessions. */
function releaseAll(world: World, { sessionId, atMs }: { sessionId: string; atMs: number }): void {
  for (const hold of [...world.holds.values()])
    if (hold.sessionId === sessionId && hold.state === 'held')
      closeIn(world, { decisionId: hold.decisionId, atMs: Math.max(atMs, hold.createdMs), kind: 'release' });
  const gone = new Set([sessionId]);
  for (const state of world.states.values()) if (state.calendar === 'live') advance(state, atMs, null, gone);
}
