import { shortAmount } from '@/lib/exposures/format';

export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export const round = (value: number): number => Math.round(value * 10) / 10;

/** Time is true to scale; a path without extent stands in the middle, and `reserve` pixels on the right stay free for labels and a crossing. */
export function timeScale(times: number[], frame: Frame, reserve: number): (ms: number) => number {
  const first = times[0] ?? 0;
  const last = times[times.length - 1] ?? first;
  const width = frame.right - frame.left;
  const from = frame.left + width * 0.04;
  const to = frame.right - Math.min(reserve, width * 0.4);
  if (last === first) return (ms) => round((from + to) / 2 + (ms - first) / 100);
  return (ms) => round(from + ((ms - first) / (last - first)) * (to - from));
}

/** A limit belongs in the picture unless it would flatten everything else to a line. */
export function valueScale(
  heights: bigint[],
  limits: (bigint | null)[],
  frame: Frame,
): { y: (minor: bigint) => number; top: bigint } {
  const peak = highestOf(heights);
  const shown = highestOf(limits.flatMap((limit) => (limit !== null && limit <= peak * 6n ? limit : [])));
  const highest = peak > shown ? peak : shown;
  const top = highest > 0n ? Number(highest) * 1.1 : 1;
  const y = (minor: bigint) => round(frame.bottom - (Number(minor) / top) * (frame.bottom - frame.top));
  return { y, top: BigInt(Math.ceil(top)) };
}

const highestOf = (values: bigint[]): bigint => values.reduce((most, each) => (each > most ? each : most), 0n);

/** Where a limit is drawn; one that is far above everything stands at the upper edge. */
export interface LimitPlace {
  y: number;
  offPicture: boolean;
}

export const limitPlace = (
  limit: bigint | null,
  { y, top }: { y: (minor: bigint) => number; top: bigint },
  frame: Frame,
): LimitPlace | null => (limit === null ? null : { y: limit > top ? frame.top : y(limit), offPicture: limit > top });

const SECONDS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
  14_400, 21_600, 43_200, 86_400, 172_800, 604_800,
];

/** At most six round instants inside the picture, `seconds` apart. */
export function timeTicks(
  times: number[],
  x: (ms: number) => number,
  frame: Frame,
): { ticks: { x: number; at: number }[]; seconds: number } {
  const first = times[0];
  if (first === undefined) return { ticks: [], seconds: 60 };
  const perPixel = (x(first + 1_000_000) - x(first)) / 1_000_000 || 1e-9;
  const from = first - (x(first) - frame.left) / perPixel;
  const to = first + (frame.right - x(first)) / perPixel;
  const seconds = SECONDS.find((each) => (to - from) / (each * 1000) <= 6) ?? 2_592_000;
  const spacing = seconds * 1000;
  const ticks: { x: number; at: number }[] = [];
  for (let at = Math.ceil(from / spacing) * spacing; at <= to; at += spacing) {
    if (x(at) >= frame.left + 12 && x(at) <= frame.right - 24) ticks.push({ x: x(at), at });
  }
  return { ticks, seconds };
}

export function valueTicks(
  top: bigint,
  scale: number,
  y: (minor: bigint) => number,
  ceiling: number,
): { y: number; text: string }[] {
  const raw = Number(top) / 7;
  const power = 10 ** Math.floor(Math.log10(Math.max(raw, 1)));
  const spacing = BigInt(
    Math.max(1, [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw) ?? 10 * power),
  );
  const ticks: { y: number; text: string }[] = [];
  for (let value = 0n; value <= top && y(value) >= ceiling; value += spacing)
    ticks.push({ y: y(value), text: shortAmount(value, scale) });
  return ticks;
}
