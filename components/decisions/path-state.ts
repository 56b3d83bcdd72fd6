import type { Path, PathStep } from '@/lib/decisions/path-model';

/** Strands drawn by themselves; the rest are one band. */
export const MOST_STRANDS = 8;
export const OTHERS = 'others';
/** What the exposure already held before the first step on this path. */
export const EARLIER = 'earlier';

export interface Strand {
  key: string;
  sessionId: string | null;
  label: string;
  identityName: string;
  /** Place in the page's colour series; -1 for others and earlier. */
  color: number;
  ended: boolean;
  /** Its share at the end of the path, minor units. */
  share: bigint;
}

/** The path at one instant: what every strand holds after step `index` (-1: before the first). */
export interface PathState {
  index: number;
  total: bigint;
  bands: Map<string, bigint>;
}

export const strandKey = (part: { sessionId: string | null; identityId: string | null }): string =>
  part.sessionId ?? `identity:${part.identityId ?? ''}`;

const big = (step: PathStep, field: 'after' | 'own' | 'amount'): bigint => BigInt(step[field]);
const positive = (value: bigint): bigint => (value > 0n ? value : 0n);

export const isApplied = (step: PathStep): boolean => step.kind !== 'refused';

/** What each applied step changed. The first one's own amount, then differences of `after`: a settle that moves a hold changes nothing. */
function deltas(steps: PathStep[]): bigint[] {
  let before: bigint | null = null;
  return steps.map((step) => {
    if (!isApplied(step)) return 0n;
    const delta = before === null ? big(step, 'amount') : big(step, 'after') - before;
    before = big(step, 'after');
    return delta;
  });
}

/** Every strand in the order in which it appears, colours given in that order; beyond eight the largest keep theirs. */
export function strandsOf(path: Path): Strand[] {
  const peaks = new Map<string, bigint>();
  for (const strand of path.strands) peaks.set(strandKey(strand), positive(BigInt(strand.share)));
  const order: string[] = [];
  for (const step of path.steps) {
    const key = strandKey(step);
    if (!order.includes(key)) order.push(key);
    const size = isApplied(step) ? big(step, 'own') : positive(big(step, 'amount'));
    if (size > (peaks.get(key) ?? 0n)) peaks.set(key, size);
  }
  const known = new Map(path.strands.map((strand) => [strandKey(strand), strand]));
  for (const key of known.keys()) if (!order.includes(key)) order.push(key);
  const bySize = [...order].sort((a, b) => Number((peaks.get(b) ?? 0n) - (peaks.get(a) ?? 0n)) || 0);
  const drawn = new Set(bySize.slice(0, order.length > MOST_STRANDS ? MOST_STRANDS : order.length));
  let color = 0;
  return order.map((key) => {
    const strand = known.get(key);
    return {
      key,
      sessionId: strand?.sessionId ?? (key.startsWith('identity:') ? null : key),
      label: strand?.label ?? (key.startsWith('identity:') ? 'no session named' : key.slice(0, 8)),
      identityName: strand?.identityName ?? '',
      color: drawn.has(key) ? color++ : -1,
      ended: strand?.ended ?? false,
      share: BigInt(strand?.share ?? 0),
    };
  });
}

/** The band a strand is drawn in: its own, or `others` when it is not among the largest. */
export const bandOf = (strands: Strand[]): Map<string, string> =>
  new Map(strands.map((strand) => [strand.key, strand.color < 0 ? OTHERS : strand.key]));

/**
 * Replays the steps: state `i + 1` is what stood after step `i`, state 0 what stood before the first.
 * The bands of a state always add up to `after` of the last applied step: what no strand on this path explains is `earlier`.
 */
export function replay(path: Path): PathState[] {
  const change = deltas(path.steps);
  const own = new Map<string, bigint>();
  path.steps.forEach((step, index) => {
    const key = strandKey(step);
    if (isApplied(step) && !own.has(key)) own.set(key, positive(big(step, 'own') - change[index]!));
  });
  const band = bandOf(strandsOf(path));
  const first = path.steps.findIndex(isApplied);
  let total = first < 0 ? standing(path) : positive(big(path.steps[first]!, 'after') - change[first]!);
  const states: PathState[] = [{ index: -1, total, bands: fold(own, total, band) }];
  path.steps.forEach((step, index) => {
    if (isApplied(step)) {
      own.set(strandKey(step), positive(big(step, 'own')));
      total = positive(big(step, 'after'));
    }
    states.push({ index, total, bands: isApplied(step) ? fold(own, total, band) : states[states.length - 1]!.bands });
  });
  return states;
}

/** With nothing applied on the path, a refused step still says what stood before it. */
const standing = (path: Path): bigint => (path.steps[0] ? positive(big(path.steps[0], 'after')) : 0n);

/** Sums strands into bands and makes them add up to the total: a remainder is `earlier`, an excess is taken from the largest. */
function fold(own: Map<string, bigint>, total: bigint, band: Map<string, string>): Map<string, bigint> {
  const bands = new Map<string, bigint>();
  let sum = 0n;
  for (const [key, value] of own) {
    if (value === 0n) continue;
    const name = band.get(key) ?? OTHERS;
    bands.set(name, (bands.get(name) ?? 0n) + value);
    sum += value;
  }
  if (sum < total) bands.set(EARLIER, total - sum);
  let excess = sum - total;
  for (const [name, value] of [...bands].sort((a, b) => (a[1] < b[1] ? 1 : -1))) {
    if (excess <= 0n) break;
    const cut = value < excess ? value : excess;
    bands.set(name, value - cut);
    excess -= cut;
  }
  return bands;
}

/** Each strand's own sum as a control that sees one session at a time counts it: also what was allowed alone and denied together. */
export function aloneSums(path: Path): { index: number; key: string; sum: bigint; allowedAlone: boolean }[] {
  const change = deltas(path.steps);
  const sums = new Map<string, bigint>();
  return path.steps.map((step, index) => {
    const key = strandKey(step);
    const refused = !isApplied(step);
    if (!sums.has(key))
      sums.set(key, refused ? positive(big(step, 'own')) : positive(big(step, 'own') - change[index]!));
    const grows = refused ? (step.alone === 'allow' ? positive(big(step, 'amount')) : 0n) : change[index]!;
    const sum = positive(sums.get(key)! + grows);
    sums.set(key, sum);
    return { index, key, sum, allowedAlone: step.alone === 'allow' };
  });
}

/** The strand that added most, with its rate in minor units a minute; null when none stands out. */
export function fastestStrand(path: Path): { key: string; share: bigint; percent: number; perMinute: bigint } | null {
  const change = deltas(path.steps);
  const grown = new Map<string, { sum: bigint; from: number; to: number; count: number }>();
  path.steps.forEach((step, index) => {
    if (!isApplied(step) || change[index]! <= 0n) return;
    const at = Date.parse(step.at);
    const entry = grown.get(strandKey(step)) ?? { sum: 0n, from: at, to: at, count: 0 };
    entry.sum += change[index]!;
    entry.to = at;
    entry.count += 1;
    grown.set(strandKey(step), entry);
  });
  const all = [...grown.values()].reduce((sum, entry) => sum + entry.sum, 0n);
  const [best, second] = [...grown].sort((a, b) => (a[1].sum < b[1].sum ? 1 : -1));
  if (!best || all === 0n || second?.[1].sum === best[1].sum) return null;
  const [key, { sum, from, to, count }] = best;
  const seconds = Math.max((to - from) / 1000, 0);
  const perMinute = count > 1 && seconds >= 1 ? (sum * 60n) / BigInt(Math.max(1, Math.round(seconds))) : 0n;
  return { key, share: sum, percent: Number((sum * 100n) / all), perMinute };
}
