import { type aloneSums, isApplied, type PathState, type Strand, strandKey } from '@/components/decisions/path-state';
import type { Path } from '@/lib/decisions/path-model';

export interface Dot {
  x: number;
  y: number;
  index: number;
  color: number;
}

/** More would be a line of their own. */
const MOST_DOTS = 80;

export function dotsOf(
  path: Path,
  states: PathState[],
  strands: Strand[],
  stepX: number[],
  y: (minor: bigint) => number,
): Dot[] {
  if (path.steps.length > MOST_DOTS) return [];
  const colors = new Map(strands.map((strand) => [strand.key, strand.color]));
  return path.steps.flatMap((step, index) =>
    isApplied(step)
      ? [{ x: stepX[index]!, y: y(states[index + 1]!.total), index, color: colors.get(strandKey(step)) ?? -1 }]
      : [],
  );
}

export function aloneDots(
  alone: ReturnType<typeof aloneSums>,
  strands: Strand[],
  stepX: number[],
  y: (minor: bigint) => number,
): Dot[] {
  if (alone.length > MOST_DOTS) return [];
  const colors = new Map(strands.map((strand) => [strand.key, strand.color]));
  return alone
    .map((each) => ({ x: stepX[each.index]!, y: y(each.sum), index: each.index, color: colors.get(each.key) ?? -1 }))
    .filter((dot) => dot.color >= 0);
}
