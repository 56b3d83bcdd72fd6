// What one process keeps of an exposure, another moves on: brought up from its row it is what a whole reading would be.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ExposureState, Hold } from '@/lib/exposures/model';
import { packSlices, unpackSlices } from '@/lib/exposures/open-slices';
import {
  advance,
  bringUp,
  closeEnded,
  closeLine,
  growAlone,
  movesAside,
  putOpen,
  reserveLine,
  settleAtOnce,
} from '@/lib/exposures/state';
import { plainState } from '@/lib/exposures/testing-state';

const WINDOW_SECS = 600;

const copyOf = (state: ExposureState): ExposureState => structuredClone(state);

/** As a store reads it back. */
const rowOf = (state: ExposureState) => ({
  settled: state.settled,
  held: state.held,
  revision: state.revision,
  version: state.version,
  updatedMs: 1,
  open: unpackSlices(packSlices(state.open)),
});

/** What a write leaves: as `commit` and `keep` do. */
function write(state: ExposureState): void {
  state.version += 1n;
  closeEnded(state);
  if (movesAside(state)) state.aside = (state.aside ?? 0n) + 1n;
  state.dirtySlices.clear();
  state.leftSlices = [];
  state.relined = false;
  state.dirty = false;
}

const told = ({ settled, held, revision, version, sums, slices, open, lines }: ExposureState) => ({
  settled,
  held,
  revision,
  version,
  sums: new Map([...sums].sort()),
  slices: new Map([...slices].sort()),
  open: new Map([...open].sort()),
  lines,
});

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('settle' as const), session: fc.nat(3), later: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold' as const), session: fc.nat(3), later: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const), session: fc.nat(3), later: fc.nat(400) }) },
);

test('a copy brought up from the row is the exposure, for as long as nothing aside of it moved', () => {
  let broughtUp = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const state = plainState({ windowSecs: WINDOW_SECS });
      let copy = copyOf(state);
      let nowMs = 1_000_000;
      const holds: Hold[] = [];
      for (const [at, one] of steps.entries()) {
        nowMs += one.later * 1000;
        const who = {
          sessionId: `00000000-0000-0000-0000-00000000000${one.session}`,
          identityId: null,
          decisionId: null,
        };
        advance(state, nowMs, WINDOW_SECS);
        if (one.kind === 'settle') {
          settleAtOnce(state, nowMs, 5n, { ...who, holdId: null });
          growAlone(state, nowMs, WINDOW_SECS, who.sessionId, 5n);
        } else if (one.kind === 'hold') {
          reserveLine(state, nowMs, 3n, { ...who, holdId: `h${at}`, expiresMs: nowMs + 1 });
          holds.push({ id: `h${at}`, lines: [], identityId: '', decisionId: '' } as unknown as Hold);
        } else {
          const hold = holds.pop();
          if (hold) closeLine(state, nowMs, hold, { kind: 'settle', actual: 2n });
        }
        write(state);
        if ((copy.aside ?? 0n) !== (state.aside ?? 0n)) {
          copy = copyOf(state);
          continue;
        }
        // Sometimes several versions behind.
        if (at % 3 === 0) continue;
        bringUp(copy, rowOf(state));
        broughtUp += 1;
        expect(told(copy)).toEqual(told(state));
      }
    }),
  );
  expect(broughtUp).toBeGreaterThan(100);
});

test('what stands elsewhere than in the row is told to have moved', () => {
  const state = plainState({ windowSecs: WINDOW_SECS });
  const who = { sessionId: 's', identityId: null, decisionId: null, holdId: null };
  expect(movesAside(state)).toBe(false);
  settleAtOnce(state, 1_000, 1n, who);
  closeEnded(state);
  expect(movesAside(state)).toBe(false);
  settleAtOnce(state, 60_000, 1n, who); // another slice: the first has ended, and leaves the row
  closeEnded(state);
  expect(movesAside(state)).toBe(true);
  for (const moved of [
    (one: ExposureState) => {
      one.noted = true;
    },
    (one: ExposureState) => void reserveLine(one, 1, 1n, { ...who, holdId: 'h', expiresMs: 2 }),
    (one: ExposureState) => {
      putOpen(one, { endMs: 1, sessionId: 's', settled: 1n, alone: 0n });
      one.leftSlices = [...one.open.values()];
    },
    (one: ExposureState) => {
      one.members = { uses: new Map(), nextMs: 0, dirty: new Set(['v']) };
    },
  ]) {
    const one = plainState({ windowSecs: WINDOW_SECS });
    moved(one);
    expect(movesAside(one)).toBe(true);
  }
});
