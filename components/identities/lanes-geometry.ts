import type { Concurrency } from '@/lib/sessions/model';

// Where everything of the concurrency graph stands, in pixels. Pure; every line is made of steps, so that none shows a count that never was.

export type Lane = Concurrency['lanes'][number];

export interface TimeFrame {
  /** Milliseconds since the epoch. */
  from: number;
  to: number;
  /** Pixels. */
  width: number;
}

const round = (value: number): number => Math.round(value * 10) / 10;

export const xOf = ({ from, to, width }: TimeFrame, at: number): number =>
  round(((Math.min(Math.max(at, from), to) - from) / Math.max(to - from, 1)) * width);

export const timeAt = ({ from, to, width }: TimeFrame, x: number): number =>
  from + (Math.min(Math.max(x, 0), width) / Math.max(width, 1)) * (to - from);

/** The range that is drawn: one that follows the present moves on with the clock, `all` only grows. */
export function frameOf(data: Pick<Concurrency, 'from' | 'to' | 'following'>, now: number, grows: boolean) {
  const from = Date.parse(data.from);
  const to = Date.parse(data.to);
  if (!data.following || now <= to) return { from, to };
  return { from: grows ? from : from + (now - to), to: now };
}

export interface CountStep {
  at: number;
  count: number;
}

/** The steps inside the frame; the first stands at its left edge. */
export function stepsIn(steps: Concurrency['steps'], { from, to }: Pick<TimeFrame, 'from' | 'to'>): CountStep[] {
  const all = steps.map((step) => ({ at: Date.parse(step.at), count: step.count }));
  const before = all.findLast((step) => step.at <= from);
  return [{ at: from, count: before?.count ?? 0 }, ...all.filter((step) => step.at > from && step.at <= to)];
}

export const countAt = (steps: readonly CountStep[], at: number): number =>
  steps.findLast((step) => step.at <= at)?.count ?? 0;

/** Top of the value axis: everything that is drawn fits, and there is some air above. */
export const topOf = (steps: readonly CountStep[], ...others: (number | null | undefined)[]): number =>
  Math.max(1, ...steps.map((step) => step.count), ...others.map((other) => other ?? 0));

/** Whole numbers only, at most six. */
export function countTicks(top: number): number[] {
  const spacing = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((each) => top / each <= 5) ?? 10_000;
  return Array.from({ length: Math.floor(top / spacing) + 1 }, (_, i) => i * spacing);
}

/** The upper edge: across, then up or down; never slanted. */
export function edgePath(steps: readonly CountStep[], frame: TimeFrame, y: (count: number) => number): string {
  const parts = steps.map((step, i) =>
    i === 0 ? `M${xOf(frame, step.at)} ${y(step.count)}` : `H${xOf(frame, step.at)}V${y(step.count)}`,
  );
  return `${parts.join('')}H${round(frame.width)}`;
}

/** The area between `floor` and the count, where the count is above it. */
export function areaPath(
  steps: readonly CountStep[],
  frame: TimeFrame,
  y: (count: number) => number,
  floor = 0,
): string {
  return steps
    .flatMap((step, i) => {
      if (step.count <= floor) return [];
      const left = xOf(frame, step.at);
      const right = xOf(frame, steps[i + 1]?.at ?? frame.to);
      return right > left ? [`M${left} ${y(floor)}V${y(step.count)}H${right}V${y(floor)}Z`] : [];
    })
    .join('');
}

export interface Bar {
  x: number;
  width: number;
  /** It began before the frame. */
  cutLeft: boolean;
  live: boolean;
}

/** A session's bar; null when it lies outside the frame. A shortest one can still be seen. */
export function barOf(lane: Pick<Lane, 'startedAt' | 'endedAt'>, frame: TimeFrame): Bar | null {
  const start = Date.parse(lane.startedAt);
  const end = lane.endedAt === null ? frame.to : Date.parse(lane.endedAt);
  if (end < frame.from || start > frame.to) return null;
  const x = xOf(frame, start);
  const width = Math.max(xOf(frame, end) - x, 3);
  return {
    x: Math.min(x, Math.max(frame.width - 3, 0)),
    width,
    cutLeft: start < frame.from,
    live: lane.endedAt === null,
  };
}

export interface PlacedMark {
  x: number;
  at: string;
  kind: 'event' | 'allow' | 'step_up' | 'pause' | 'deny';
  class: string;
  decisionId: string | null;
  /** How many stand here together. */
  count: number;
}

const WEIGHT = { event: 0, allow: 1, pause: 2, step_up: 3, deny: 4 } as const;
const APART = 7;

/** Marks so far apart that they can be told from each other; of those that can't, the gravest stands for all. */
export function marksOf(lane: Pick<Lane, 'marks'>, frame: TimeFrame): PlacedMark[] {
  const placed: PlacedMark[] = [];
  for (const mark of lane.marks) {
    const at = Date.parse(mark.at);
    if (at < frame.from || at > frame.to) continue;
    const kind = (mark.verdict ?? 'event') as PlacedMark['kind'];
    const next = {
      x: xOf(frame, at),
      at: mark.at,
      kind,
      class: mark.class,
      decisionId: mark.decisionId ?? null,
      count: 1,
    };
    const last = placed.at(-1);
    if (!last || next.x - last.x >= APART) placed.push(next);
    else {
      const graver = WEIGHT[kind] > WEIGHT[last.kind] ? next : last;
      placed[placed.length - 1] = { ...graver, count: last.count + 1 };
    }
  }
  return placed;
}

/** Live ones first, oldest on top, so that a new one appears below; then those that ended, latest first. */
export const laneOrder = <T extends Pick<Lane, 'startedAt' | 'endedAt' | 'id'>>(lanes: readonly T[]): T[] =>
  [...lanes].sort((a, b) => {
    if ((a.endedAt === null) !== (b.endedAt === null)) return a.endedAt === null ? -1 : 1;
    const [x, y] = a.endedAt === null ? [a.startedAt, b.startedAt] : [b.endedAt ?? '', a.endedAt];
    return x === y ? (a.id < b.id ? -1 : 1) : x < y ? -1 : 1;
  });

const MINUTE = 60_000;
const SPACINGS = [
  1_000,
  2_000,
  5_000,
  10_000,
  15_000,
  30_000,
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  60 * MINUTE,
  120 * MINUTE,
  180 * MINUTE,
  360 * MINUTE,
  720 * MINUTE,
  1440 * MINUTE,
  2880 * MINUTE,
  10_080 * MINUTE,
  43_200 * MINUTE,
  525_600 * MINUTE,
];

/** Round instants of the reader's own zone (`offset`: minutes east of UTC), far enough apart for their labels. */
export function ticksOf(frame: TimeFrame, offset: number, apart = 92): { ticks: number[]; spacing: number } {
  const wanted = ((frame.to - frame.from) / Math.max(frame.width, 1)) * apart;
  const spacing = SPACINGS.find((each) => each >= wanted) ?? SPACINGS.at(-1)!;
  const shift = offset * MINUTE;
  const ticks: number[] = [];
  for (let at = Math.ceil((frame.from + shift) / spacing) * spacing - shift; at <= frame.to; at += spacing)
    ticks.push(at);
  return { ticks, spacing };
}
