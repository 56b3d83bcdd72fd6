import { aloneDots, type Dot, dotsOf } from '@/components/decisions/path-dots';
import {
  backwards,
  CHAR,
  LABEL_HEIGHT,
  type Labelled,
  labelPlace,
  spread,
  stepped,
} from '@/components/decisions/path-outline';
import {
  type Frame,
  type LimitPlace,
  limitPlace,
  timeScale,
  timeTicks,
  valueScale,
  valueTicks,
} from '@/components/decisions/path-scales';
import {
  aloneSums,
  EARLIER,
  isApplied,
  OTHERS,
  type PathState,
  replay,
  type Strand,
  strandKey,
  strandsOf,
} from '@/components/decisions/path-state';
import type { Path } from '@/lib/decisions/path-model';

export interface Band extends Labelled {
  key: string;
  label: string;
  /** Place in the colour series; -1 draws in the neutral colour. */
  color: number;
  /** Closed outline, an SVG path. */
  area: string;
  /** The upper edge alone. */
  edge: string;
}
export interface Line {
  key: string;
  label: string;
  color: number;
  edge: string;
  end: { x: number; y: number };
  labelY: number;
}
export interface Crossing {
  index: number;
  x: number;
  y: number;
  width: number;
  height: number;
  color: number;
  amount: bigint;
  would: bigint;
}
export interface PathPicture {
  frame: Frame;
  states: PathState[];
  strands: Strand[];
  bands: Band[];
  lines: Line[];
  dots: Dot[];
  crossing: Crossing | null;
  limit: LimitPlace | null;
  /** The limit that would have been, where another is looked at. */
  otherLimit: LimitPlace | null;
  ticksX: { x: number; at: number }[];
  /** Between two ticks of the time axis. */
  tickSecs: number;
  ticksY: { y: number; text: string }[];
  /** Pixel of every step, in step order. */
  stepX: number[];
  x: (ms: number) => number;
  y: (minor: bigint) => number;
  /** The last step at or before a pixel; -1 before the first. */
  stepAt: (x: number) => number;
}

/** What else has to find room in the picture: heights, and a limit that would have been. */
interface Beside {
  heights: bigint[];
  limit: bigint | null;
}

const NOTHING: Beside = { heights: [], limit: null };

export function drawPath(
  path: Path,
  size: { width: number; height: number },
  view: 'together' | 'alone',
  beside: Beside = NOTHING,
): PathPicture {
  const frame: Frame = { ...size, left: 48, right: size.width - 8, top: 14, bottom: size.height - 28 };
  const strands = strandsOf(path);
  const states = replay(path);
  const alone = aloneSums(path);
  const times = path.steps.map((step) => Date.parse(step.at));
  const x = timeScale(times, frame, reserveFor(strands, view));
  const heights = view === 'together' ? togetherHeights(path, states) : alone.map((each) => each.sum);
  const limit = path.exposure.limit === null ? null : BigInt(path.exposure.limit);
  const values = valueScale([...heights, ...beside.heights], [limit, beside.limit], frame);
  const { y, top } = values;
  const crossing = view === 'together' ? crossingOf(path, states, strands, x, y, frame) : null;
  const bands =
    view === 'together'
      ? bandsOf(
          states,
          strands,
          times,
          x,
          y,
          crossing !== null && crossing.index === path.steps.length - 1 ? crossing.x : null,
        )
      : [];
  const lines = view === 'alone' ? linesOf(alone, strands, times, x, y) : [];
  const stepX = times.map(x);
  const time = timeTicks(times, x, frame);
  return {
    frame,
    states,
    strands,
    bands,
    lines,
    dots: view === 'together' ? dotsOf(path, states, strands, stepX, y) : aloneDots(alone, strands, stepX, y),
    crossing,
    limit: limitPlace(limit, values, frame),
    otherLimit: limitPlace(beside.limit, values, frame),
    ticksX: time.ticks,
    tickSecs: time.seconds,
    ticksY: valueTicks(top, path.exposure.scale, y, frame.top),
    stepX,
    x,
    y,
    stepAt: (pixel) => {
      let low = -1;
      for (let high = stepX.length - 1; low < high; ) {
        const middle = Math.ceil((low + high) / 2);
        if (stepX[middle]! <= pixel) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}

/** Room for a label at a line's end; together, for the crossing and the limit's name. */
function reserveFor(strands: Strand[], view: 'together' | 'alone'): number {
  const longest = Math.max(0, ...strands.filter((strand) => strand.color >= 0).map((strand) => strand.label.length));
  return view === 'alone' ? longest * CHAR + 46 : 112;
}

function togetherHeights(path: Path, states: PathState[]): bigint[] {
  return states.map((state) => {
    const step = state.index < 0 ? undefined : path.steps[state.index];
    return step && !isApplied(step) ? state.total + BigInt(step.amount) : state.total;
  });
}

const bandOrder = (strands: Strand[]): { key: string; label: string; color: number }[] => [
  { key: EARLIER, label: 'earlier', color: -1 },
  ...strands.filter((strand) => strand.color >= 0),
  { key: OTHERS, label: `${strands.filter((strand) => strand.color < 0).length} others`, color: -1 },
];

function bandsOf(
  states: PathState[],
  strands: Strand[],
  times: number[],
  x: (ms: number) => number,
  y: (minor: bigint) => number,
  crossingX: number | null,
): Band[] {
  if (times.length === 0) return [];
  const at = states.map((state) => (state.index < 0 ? x(times[0]!) - 4 : x(times[state.index]!)));
  const endX = crossingX ?? at[at.length - 1]! + 12;
  const below = states.map(() => 0n);
  const bands: Band[] = [];
  for (const { key, label, color } of bandOrder(strands)) {
    const floor = [...below];
    states.forEach((state, index) => {
      below[index] = below[index]! + (state.bands.get(key) ?? 0n);
    });
    if (below.every((value, index) => value === floor[index])) continue;
    const upper = at.map((each, index) => ({ x: each, y: y(below[index]!) }));
    const lower = at.map((each, index) => ({ x: each, y: y(floor[index]!) }));
    const edge = stepped(upper, endX);
    bands.push({
      key,
      label,
      color,
      edge,
      area: `${edge}${backwards(lower, endX)}Z`,
      ...labelPlace(upper, lower, endX, label),
    });
  }
  return spread(bands);
}

function linesOf(
  alone: ReturnType<typeof aloneSums>,
  strands: Strand[],
  times: number[],
  x: (ms: number) => number,
  y: (minor: bigint) => number,
): Line[] {
  const endX = x(times[times.length - 1] ?? 0) + 12;
  const lines: Line[] = [];
  for (const strand of strands.filter((each) => each.color >= 0)) {
    const own = alone.filter((each) => each.key === strand.key);
    if (own.length === 0) continue;
    const points = own.map((each) => ({ x: x(times[each.index]!), y: y(each.sum) }));
    const start = { x: points[0]!.x, y: y(0n) };
    const end = { x: endX, y: points[points.length - 1]!.y };
    lines.push({
      key: strand.key,
      label: strand.label,
      color: strand.color,
      edge: stepped([start, ...points], endX),
      end,
      labelY: end.y,
    });
  }
  let ceiling = Number.POSITIVE_INFINITY;
  for (const line of [...lines].sort((a, b) => b.end.y - a.end.y)) {
    line.labelY = Math.min(line.end.y, ceiling - LABEL_HEIGHT);
    ceiling = line.labelY;
  }
  return lines;
}

function crossingOf(
  path: Path,
  states: PathState[],
  strands: Strand[],
  x: (ms: number) => number,
  y: (minor: bigint) => number,
  frame: Frame,
): Crossing | null {
  const index = focusStep(path);
  const step = index === null ? undefined : path.steps[index];
  if (index === null || !step || isApplied(step)) return null;
  const standing = states[index + 1]!.total;
  const amount = BigInt(step.amount);
  const would = standing + amount;
  const left = x(Date.parse(step.at));
  const color = strands.find((strand) => strand.key === strandKey(step))?.color ?? -1;
  const height = Math.max(y(standing) - y(would), 6);
  return {
    index,
    x: left,
    y: y(standing) - height,
    width: Math.min(26, frame.right - left),
    height,
    color,
    amount,
    would,
  };
}

/** The refused step the picture is about: the decision asked for, else the first that would have crossed the limit. */
export function focusStep(path: Path): number | null {
  const asked = path.decisionId === null ? -1 : path.steps.findIndex((step) => step.decisionId === path.decisionId);
  if (asked >= 0) return asked;
  return path.crossing;
}
