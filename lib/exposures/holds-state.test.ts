// Any interleaving of reserving, settling, releasing, expiring and waiting, against a model that only keeps lists.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { closeHold, expireHold } from '@/lib/exposures/close';
import { ownSums } from '@/lib/exposures/counters-state';
import type { ExposureState, Hold } from '@/lib/exposures/model';
import { advance, growAlone, reserveLine } from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';
import { sliceEnd } from '@/lib/exposures/window-state';
import { noWrites, type Writes } from '@/lib/exposures/writes';

interface Kind {
  kind: 'sum' | 'count' | 'lease';
  windowSecs: number | null;
  calendar: string | null;
  holdSecs: number;
  onExpiry: 'release' | 'settle';
}
/** One decision holds on all of them: the longest hold stands, and each line ends as its own meter says. */
const KINDS: Record<string, Kind> = {
  paid: { kind: 'sum', windowSecs: 3600, calendar: null, holdSecs: 900, onExpiry: 'release' },
  spent: { kind: 'sum', windowSecs: 0, calendar: 'day Europe/Berlin', holdSecs: 300, onExpiry: 'settle' },
  calls: { kind: 'count', windowSecs: null, calendar: null, holdSecs: 60, onExpiry: 'release' },
  job: { kind: 'lease', windowSecs: null, calendar: null, holdSecs: 120, onExpiry: 'settle' },
};
const IDS = Object.keys(KINDS);
const HOLD_MS = 900_000;

const fresh = (id: string): ExposureState => {
  const { kind, windowSecs, calendar } = KINDS[id]!;
  return plainState({ id, meter: id, scope: 'identity.id', unit: null, scale: 0, kind, windowSecs, calendar });
};

/** A line as the model keeps it. `actual`: what counts, once it is closed. */
interface Line {
  holdId: string;
  session: string;
  amount: bigint;
  alone: boolean;
  atMs: number;
  open: boolean;
  actual: bigint;
  closedMs: number;
}
interface Model {
  now: number;
  lines: Record<string, Line[]>;
  holds: { id: string; expiresMs: number; open: boolean }[];
}
interface Real {
  states: Map<string, ExposureState>;
  holds: Map<string, Hold>;
  entries: { exposureId: string; settled: bigint; held: bigint; revision: bigint }[];
}

const span = (id: string): number | null => KINDS[id]!.windowSecs ?? KINDS[id]!.holdSecs;
const counted = (id: string): boolean => KINDS[id]!.kind !== 'lease';

const note = (real: Real, writes: Writes): void => {
  for (const record of writes.records) real.entries.push(...('entry' in record ? [record.entry] : record.entries));
};

function bringUp(model: Model, real: Real): void {
  const writes = noWrites(model.now);
  for (const [id, state] of real.states)
    for (const entry of advance(state, model.now, counted(id) ? state.windowSecs : span(id)))
      writes.records.push({ entry });
  for (const hold of real.holds.values())
    if (hold.state === 'held' && hold.expiresMs <= model.now) expireHold(hold, real.states, writes);
  note(real, writes);
  for (const one of model.holds.filter((hold) => hold.open && hold.expiresMs <= model.now)) {
    one.open = false;
    close(model, one.id, (id, line) => (KINDS[id]!.onExpiry === 'settle' ? line.amount : 0n));
  }
}

function close(model: Model, holdId: string, actual: (id: string, line: Line) => bigint): void {
  for (const id of IDS) {
    for (const line of model.lines[id]!) {
      if (line.holdId !== holdId || !line.open) continue;
      line.open = false;
      line.actual = counted(id) ? actual(id, line) : 0n;
      line.closedMs = model.now;
    }
  }
}

/** What is counted at `now` of what was closed, and what may be counted still because its slice has not left. */
function bounds(id: string, lines: Line[], now: number, pick: (line: Line) => bigint): [bigint, bigint] {
  const { windowSecs, calendar } = KINDS[id]!;
  const leaves = (line: Line) => sliceEnd(line.closedMs, windowSecs, calendar) + (windowSecs ?? 0) * 1000;
  const still = lines.filter((line) => !line.open && (windowSecs === null || leaves(line) > now));
  const exact = still.filter((line) => !windowSecs || line.closedMs + windowSecs * 1000 > now);
  const sum = (some: Line[]) => some.reduce((total, line) => total + pick(line), 0n);
  return [sum(exact), sum(still)];
}

function check(model: Model, real: Real): void {
  for (const [id, state] of real.states) {
    const lines = model.lines[id]!;
    const open = lines.filter((line) => line.open);
    expect(state.held).toBe(open.reduce((sum, line) => sum + line.amount, 0n));
    const [least, most] = bounds(id, lines, model.now, (line) => line.actual);
    expect(state.settled >= least && state.settled <= most).toBe(true);
    for (const [session, sums] of state.sums) {
      expect(sums.settled >= 0n && sums.held >= 0n && sums.alone >= 0n).toBe(true);
      // Its own ledger: what is open and was granted alone (while a per-session control would still hold it), and what counts.
      const own = lines.filter((line) => line.session === session && line.alone);
      const fresh = own.filter((line) => line.open && model.now < line.atMs + (span(id) ?? 1e15) * 1000);
      const held = (some: Line[]) => some.reduce((sum, line) => sum + line.amount, 0n);
      const [few, many] = bounds(id, own, model.now, (line) => line.actual);
      if (counted(id) && KINDS[id]!.calendar === null) {
        expect(sums.alone).toBeGreaterThanOrEqual(few + (span(id) === null ? held(fresh) : 0n));
        expect(sums.alone).toBeLessThanOrEqual(many + held(own.filter((line) => line.open)));
      }
      if (!own.some((line) => line.open)) expect(sums.alone).toBeLessThanOrEqual(many);
    }
    const mine = real.entries.filter((entry) => entry.exposureId === id);
    expect(mine.reduce((sum, entry) => sum + entry.settled, 0n)).toBe(state.settled);
    expect(mine.reduce((sum, entry) => sum + entry.held, 0n)).toBe(state.held);
    expect(mine.map((entry) => Number(entry.revision))).toEqual(mine.map((_, index) => index + 1));
  }
}

type Command = fc.Command<Model, Real>;

class Reserve implements Command {
  constructor(
    readonly session: string,
    readonly amount: bigint,
    readonly alone: boolean,
    readonly which: string[],
  ) {}
  check = () => true;
  run(model: Model, real: Real): void {
    bringUp(model, real);
    const id = `h${real.holds.size}`;
    const amountOf = (exposureId: string) => (KINDS[exposureId]!.kind === 'sum' ? this.amount : 1n);
    const hold: Hold = {
      id,
      decisionId: id,
      identityId: 'i',
      sessionId: this.session,
      tokenId: null,
      kind: this.which.includes('job') ? 'lease' : 'hold',
      state: 'held',
      onExpiry: 'release',
      createdMs: model.now,
      expiresMs: model.now + HOLD_MS,
      lines: this.which.map((exposureId) => ({
        exposureId,
        amount: amountOf(exposureId),
        settled: 0n,
        attribute: null,
        onExpiry: KINDS[exposureId]!.onExpiry,
        sliceMs: this.alone ? sliceEnd(model.now, span(exposureId), KINDS[exposureId]!.calendar) : null,
      })),
    };
    const who = { sessionId: this.session, identityId: 'i', decisionId: id, holdId: id, expiresMs: hold.expiresMs };
    for (const exposureId of this.which) {
      const state = real.states.get(exposureId)!;
      real.entries.push(reserveLine(state, model.now, amountOf(exposureId), who));
      if (this.alone) growAlone(state, model.now, span(exposureId), this.session, amountOf(exposureId));
      model.lines[exposureId]!.push({
        holdId: id,
        session: this.session,
        amount: amountOf(exposureId),
        alone: this.alone,
        atMs: model.now,
        open: true,
        actual: 0n,
        closedMs: 0,
      });
    }
    real.holds.set(id, hold);
    model.holds.push({ id, expiresMs: hold.expiresMs, open: true });
    check(model, real);
  }
  toString = () => `reserve(${this.session}, ${this.amount}, ${this.alone}, ${this.which})`;
}

class Close implements Command {
  constructor(
    readonly kind: 'settle' | 'release',
    readonly pick: number,
    /** Of what was held, percent: less, equal or more. */
    readonly percent: bigint,
  ) {}
  check = (model: Readonly<Model>) => model.holds.length > 0;
  run(model: Model, real: Real): void {
    bringUp(model, real);
    const one = model.holds[this.pick % model.holds.length]!;
    const hold = real.holds.get(one.id)!;
    expect(hold.state === 'held').toBe(one.open);
    if (one.open) {
      const actual = (amount: bigint) => (this.kind === 'settle' ? (amount * this.percent) / 100n : 0n);
      const writes = noWrites(model.now);
      closeHold(hold, this.kind, (line) => actual(line.amount), real.states, writes);
      note(real, writes);
      one.open = false;
      close(model, one.id, (_, line) => actual(line.amount));
    }
    check(model, real);
  }
  toString = () => `${this.kind}(${this.pick}, ${this.percent} %)`;
}

class Wait implements Command {
  constructor(readonly ms: number) {}
  check = () => true;
  run(model: Model, real: Real): void {
    model.now += this.ms;
    bringUp(model, real);
    check(model, real);
  }
  toString = () => `wait(${this.ms})`;
}

test('holds: whatever happens in whatever order, counters are what is held and what counts, and nothing goes below zero', () => {
  const session = fc.constantFrom('s1', 's2');
  const commands = [
    fc
      .tuple(session, fc.bigInt({ min: 1n, max: 500n }), fc.boolean(), fc.subarray(IDS, { minLength: 1 }))
      .map(([who, amount, alone, which]) => new Reserve(who, amount, alone, which)),
    fc
      .tuple(fc.constantFrom('settle' as const, 'release' as const), fc.nat(), fc.constantFrom(0n, 40n, 100n, 250n))
      .map(([kind, pick, percent]) => new Close(kind, pick, percent)),
    fc.constantFrom(1_000, 61_000, 400_000, 1_000_000, 4_000_000, 90_000_000).map((ms) => new Wait(ms)),
  ];
  fc.assert(
    fc.property(fc.commands(commands, { maxCommands: 40 }), (some) => {
      const model: Model = { now: 1_700_000_000_000, lines: Object.fromEntries(IDS.map((id) => [id, []])), holds: [] };
      const real: Real = { states: new Map(IDS.map((id) => [id, fresh(id)])), holds: new Map(), entries: [] };
      fc.modelRun(() => ({ model, real }), some);
      // A hold nobody closed denies nobody once its time is over, together or alone.
      model.now += HOLD_MS;
      bringUp(model, real);
      check(model, real);
      for (const [id, state] of real.states) {
        expect([state.held, state.lines.size]).toEqual([0n, 0]);
        if (!counted(id)) for (const sums of state.sums.values()) expect(sums.alone).toBe(0n);
      }
    }),
    { numRuns: 300 },
  );
});

test('a hold over several meters gives back what each of them granted its session', () => {
  const states = new Map(IDS.map((id) => [id, fresh(id)]));
  const lines = IDS.map((exposureId) => ({
    exposureId,
    amount: 1n,
    settled: 0n,
    attribute: null,
    sliceMs: sliceEnd(1_000, span(exposureId), KINDS[exposureId]!.calendar),
  }));
  const hold: Hold = {
    id: 'h',
    decisionId: 'd',
    identityId: 'i',
    sessionId: 's1',
    tokenId: null,
    kind: 'lease',
    state: 'held',
    onExpiry: 'release',
    createdMs: 1_000,
    expiresMs: 1_000 + HOLD_MS,
    lines,
  };
  const who = { sessionId: 's1', identityId: 'i', decisionId: 'd', holdId: 'h', expiresMs: hold.expiresMs };
  for (const [id, state] of states) {
    reserveLine(state, 1_000, 1n, who);
    growAlone(state, 1_000, span(id), 's1', 1n);
  }
  closeHold(hold, 'release', () => 0n, states, noWrites(2_000));
  for (const state of states.values()) expect(ownSums(state, 's1')).toEqual({ settled: 0n, held: 0n, alone: 0n });
});
