/** How many sessions overlap, out of their intervals. Closed intervals: at one instant starts count before ends. */
export interface Interval {
  /** Milliseconds since the epoch. */
  start: number;
  /** null: still live. */
  end: number | null;
}

export interface Step {
  at: number;
  count: number;
}

/**
 * Every instant at which the count changed. Where sessions start and others end at one instant there are two steps: the
 * starts count before the ends, so the first holds the peak and the second what stays open from then on.
 */
export function stepsOf(intervals: Interval[]): Step[] {
  const changes = new Map<number, { starts: number; ends: number }>();
  const at = (ms: number) => {
    const known = changes.get(ms);
    if (known) return known;
    const made = { starts: 0, ends: 0 };
    changes.set(ms, made);
    return made;
  };
  for (const { start, end } of intervals) {
    at(start).starts += 1;
    if (end !== null) at(Math.max(end, start)).ends += 1;
  }
  let count = 0;
  const steps: Step[] = [];
  for (const [ms, { starts, ends }] of [...changes].sort((a, b) => a[0] - b[0])) {
    if (starts > 0) steps.push({ at: ms, count: count + starts });
    count += starts - ends;
    if (ends > 0) steps.push({ at: ms, count });
  }
  return steps;
}

/** The highest count and the first instant it was reached. null: no session. */
export function peakOf(steps: Step[]): Step | null {
  let peak: Step | null = null;
  for (const step of steps) if (!peak || step.count > peak.count) peak = step;
  return peak;
}

/** How many stay open from one instant on: those that end at it have ended. */
export const openAt = (intervals: Interval[], at: number): number =>
  intervals.reduce((sum, { start, end }) => sum + (start <= at && (end === null || end > at) ? 1 : 0), 0);

/** The steps from `from` to `to`, at most `most`; where there were more, each keeps the highest count of its slice. */
export function slicesOf(steps: Step[], from: number, to: number, most = 300): Step[] {
  const before = steps.findLast((step) => step.at <= from);
  const inside = steps.filter((step) => step.at > from && step.at <= to);
  const all = [{ at: from, count: before?.count ?? 0 }, ...inside];
  if (all.length <= most) return all;
  const width = Math.max((to - from) / most, 1);
  const slices: Step[] = [];
  let held = all[0]!.count; // the count with which a slice begins is part of it
  let index = 0;
  for (let slice = 0; slice < most; slice++) {
    const start = from + slice * width;
    let highest = held;
    while (index < all.length && (all[index]!.at < start + width || slice === most - 1)) {
      highest = Math.max(highest, all[index]!.count);
      held = all[index]!.count;
      index++;
    }
    slices.push({ at: Math.round(start), count: highest });
  }
  return slices;
}
