import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  areaPath,
  barOf,
  countAt,
  countTicks,
  edgePath,
  frameOf,
  laneOrder,
  marksOf,
  stepsIn,
  ticksOf,
  timeAt,
  topOf,
  xOf,
} from '@/components/identities/lanes-geometry';

const T = Date.parse('2026-03-02T10:00:00Z');
const iso = (secs: number): string => new Date(T + secs * 1000).toISOString();
const frame = { from: T, to: T + 100_000, width: 500 };
const y = (count: number): number => 100 - count * 10;

test('a frame that follows moves on with the clock; `all` grows; a past one stands still', () => {
  const data = { from: iso(0), to: iso(100), following: true };
  expect(frameOf(data, T + 105_000, false)).toEqual({ from: T + 5_000, to: T + 105_000 });
  expect(frameOf(data, T + 105_000, true)).toEqual({ from: T, to: T + 105_000 });
  expect(frameOf(data, T + 90_000, false)).toEqual({ from: T, to: T + 100_000 });
  expect(frameOf({ ...data, following: false }, T + 105_000, false)).toEqual({ from: T, to: T + 100_000 });
});

test('an edge has only level and upright lines, and ends at the right edge', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ secs: fc.integer({ min: -50, max: 150 }), count: fc.nat(40) }), { maxLength: 60 }),
      (raw) => {
        const steps = [...raw]
          .sort((a, b) => a.secs - b.secs)
          .map((step) => ({ at: iso(step.secs), count: step.count }));
        const inside = stepsIn(steps, frame);
        const path = edgePath(inside, frame, y);
        expect(path).toMatch(/^M0 -?[\d.]+(H[\d.]+V-?[\d.]+)*H500$/);
        const xs = [...path.matchAll(/H([\d.]+)/g)].map((match) => Number(match[1]));
        expect(xs).toEqual([...xs].sort((a, b) => a - b));
      },
    ),
  );
});

test('what was before the frame counts at its left edge', () => {
  const steps = stepsIn(
    [
      { at: iso(-30), count: 2 },
      { at: iso(-10), count: 3 },
      { at: iso(50), count: 1 },
    ],
    frame,
  );
  expect(steps).toEqual([
    { at: T, count: 3 },
    { at: T + 50_000, count: 1 },
  ]);
  expect(countAt(steps, T + 49_999)).toBe(3);
  expect(countAt(steps, T + 50_000)).toBe(1);
  expect(areaPath(steps, frame, y, 2)).toBe('M0 80V70H250V80Z');
  expect(topOf(steps, 5, null)).toBe(5);
});

test('x and time are each other’s inverse, and stay inside', () => {
  expect(xOf(frame, T + 50_000)).toBe(250);
  expect(timeAt(frame, 250)).toBe(T + 50_000);
  expect(xOf(frame, T - 1)).toBe(0);
  expect(timeAt(frame, 900)).toBe(frame.to);
});

test('a live bar reaches the right edge, an ended one its end, one outside is not drawn', () => {
  expect(barOf({ startedAt: iso(20), endedAt: null }, frame)).toEqual({
    x: 100,
    width: 400,
    cutLeft: false,
    live: true,
  });
  expect(barOf({ startedAt: iso(-20), endedAt: iso(10) }, frame)).toMatchObject({ x: 0, width: 50, cutLeft: true });
  expect(barOf({ startedAt: iso(10), endedAt: iso(10) }, frame)).toMatchObject({ width: 3 });
  expect(barOf({ startedAt: iso(-20), endedAt: iso(-10) }, frame)).toBeNull();
});

test('a denied mark is never hidden by what stands beside it', () => {
  const marks = [
    { at: iso(10), class: 'read' },
    { at: iso(10.5), class: 'pay', verdict: 'deny', decisionId: 'd' },
    { at: iso(11), class: 'pay', verdict: 'allow' },
    { at: iso(60), class: 'read' },
  ];
  expect(marksOf({ marks }, frame)).toMatchObject([
    { kind: 'deny', decisionId: 'd', count: 3 },
    { kind: 'event', count: 1 },
  ]);
});

test('lanes: live ones by start, then ended ones, latest first', () => {
  const lanes = [
    { id: 'a', startedAt: iso(1), endedAt: iso(5) },
    { id: 'b', startedAt: iso(4), endedAt: null },
    { id: 'c', startedAt: iso(2), endedAt: null },
    { id: 'd', startedAt: iso(0), endedAt: iso(9) },
  ];
  expect(laneOrder(lanes).map((lane) => lane.id)).toEqual(['c', 'b', 'd', 'a']);
});

test('ticks are whole numbers and round local instants, never crowded', () => {
  expect(countTicks(4)).toEqual([0, 1, 2, 3, 4]);
  expect(countTicks(12)).toEqual([0, 5, 10]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 * 86_400 }), fc.integer({ min: 100, max: 2000 }), (secs, width) => {
      const { ticks, spacing } = ticksOf({ from: T, to: T + secs * 1000, width }, 330);
      expect(ticks.length).toBeLessThanOrEqual(width / 92 + 1);
      for (const at of ticks) expect((at + 330 * 60_000) % spacing).toBe(0);
    }),
  );
});
