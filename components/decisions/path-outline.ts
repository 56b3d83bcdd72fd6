import { round } from '@/components/decisions/path-scales';

export interface Point {
  x: number;
  y: number;
}
export interface Labelled {
  inside: Point | null;
  /** Where the label goes when the band is too thin for it: beside its end. */
  leader: { x: number; y: number; fromY: number } | null;
}

export const CHAR = 5.9; // mean width of an 11 px character
export const LABEL_HEIGHT = 14;

/** Outline of a series of steps: no slope anywhere, because no value between two steps ever was. */
export function stepped(points: Point[], endX: number): string {
  let text = '';
  points.forEach((point, index) => {
    text += index === 0 ? `M${point.x} ${point.y}` : `H${point.x}V${point.y}`;
  });
  return points.length > 0 ? `${text}H${endX}` : '';
}

export function backwards(points: Point[], endX: number): string {
  let text = `L${endX} ${points[points.length - 1]!.y}`;
  for (let index = points.length - 1; index > 0; index--) {
    text += `H${points[index]!.x}V${points[index - 1]!.y}`;
  }
  return `${text}H${points[0]!.x}`;
}

/** A label goes inside the widest run of steps whose common height fits it; otherwise beside the band's end. */
export function labelPlace(upper: Point[], lower: Point[], endX: number, label: string): Labelled {
  const width = label.length * CHAR + 12;
  const right = (index: number) => (index + 1 < upper.length ? upper[index + 1]!.x : endX);
  for (let to = upper.length - 1; to >= 0; to--) {
    let high = upper[to]!.y;
    let low = lower[to]!.y;
    for (let from = to; from >= 0; from--) {
      high = Math.max(high, upper[from]!.y);
      low = Math.min(low, lower[from]!.y);
      if (low - high < LABEL_HEIGHT + 2) break;
      if (right(to) - upper[from]!.x >= width)
        return { inside: { x: right(to) - width / 2, y: round((high + low) / 2) + 4 }, leader: null };
    }
  }
  const last = upper.length - 1;
  if (upper[last]!.y === lower[last]!.y) return { inside: null, leader: null };
  const middle = round((upper[last]!.y + lower[last]!.y) / 2);
  return { inside: null, leader: { x: endX + 8, y: middle, fromY: middle } };
}

/** Leader labels keep a line's distance from each other, from the bottom up. */
export function spread<T extends Labelled>(bands: T[]): T[] {
  let ceiling = Number.POSITIVE_INFINITY;
  for (const band of bands) {
    if (!band.leader) continue;
    band.leader.y = Math.min(band.leader.y, ceiling - LABEL_HEIGHT);
    ceiling = band.leader.y;
  }
  return bands;
}
