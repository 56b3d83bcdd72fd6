import type { Capabilities } from '@/lib/connectors/model';

export interface Gives {
  sessionId: string;
  /** Minor units that come back when it is ended. */
  back: bigint;
  /** Its system can end it alone. */
  canEnd?: boolean;
  /** Until its end is proven, ms; null: nobody proves it. */
  endsInMs?: number | null;
  /** What its end takes with it. */
  reach?: Capabilities['granularity'];
}

export interface Fewest {
  sessionIds: string[];
  back: bigint;
  exact: boolean;
}

/** Sets of so many sessions are all looked at; beyond, the largest are taken first. */
const MAX_EXACT = 16;

const REACHES = ['session', 'credential', 'identity', 'role'] as const;
/** Up to so many milliseconds is as good as the next. */
const CLASSES_MS = [1_000, 10_000, 60_000];

/** What taking it costs beyond its number: it can't be ended by itself, how long it takes at the least, what goes with it. */
function costOf({ canEnd = true, endsInMs = 0, reach = 'session' }: Gives): [number, number, number] {
  const within = endsInMs === null ? -1 : CLASSES_MS.findIndex((most) => endsInMs <= most);
  return [canEnd ? 0 : 1, within < 0 ? CLASSES_MS.length : within, REACHES.indexOf(reach)];
}

/** Of a set: how many can't be ended by themselves, how long the slowest takes, how far the widest reaches; then what it gives back. */
interface Cost {
  unendable: number;
  slowest: number;
  widest: number;
  back: bigint;
}

function cheaper(a: Cost, b: Cost): boolean {
  if (a.unendable !== b.unendable) return a.unendable < b.unendable;
  if (a.slowest !== b.slowest) return a.slowest < b.slowest;
  if (a.widest !== b.widest) return a.widest < b.widest;
  return a.back < b.back;
}

/** Most given back first; of equals the one that ends by itself, soonest, and takes least with it. */
function byWorth(a: Gives, b: Gives): number {
  if (a.back !== b.back) return a.back < b.back ? 1 : -1;
  const [costA, costB] = [costOf(a), costOf(b)];
  for (let at = 0; at < costA.length; at++) if (costA[at] !== costB[at]) return costA[at]! - costB[at]!;
  return (a.endsInMs ?? 0) - (b.endsInMs ?? 0);
}

/**
 * The fewest sessions whose end gives back at least `missing`. Of sets as small, the one of which most can be ended by
 * themselves, then the one that is proven soonest, then the one that takes least with it, then the one that gives back least
 * beyond what is missing. Taking the largest first is the fewest too, but may end more than it must: that is what is done beyond
 * sixteen, where equal ones are still told apart so. Null: all of them together are not enough. Pure.
 */
export function fewest(sessions: Gives[], missing: bigint): Fewest | null {
  const giving = sessions.filter((one) => one.back > 0n).sort(byWorth);
  if (missing <= 0n) return { sessionIds: [], back: 0n, exact: true };
  const taken: Gives[] = [];
  let back = 0n;
  for (const one of giving) {
    if (back >= missing) break;
    taken.push(one);
    back += one.back;
  }
  if (back < missing) return null;
  if (giving.length > MAX_EXACT) return { sessionIds: taken.map((one) => one.sessionId), back, exact: false };
  return gentlest(giving, missing, taken.length);
}

/** Of all sets of a size that give back enough, the cheapest. */
function gentlest(giving: Gives[], missing: bigint, size: number): Fewest {
  const costs = giving.map(costOf);
  let best: { set: number; cost: Cost } | null = null;
  for (let set = 1; set < 1 << giving.length; set++) {
    let count = 0;
    const cost: Cost = { unendable: 0, slowest: 0, widest: 0, back: 0n };
    for (let bit = 0; bit < giving.length && count <= size; bit++)
      if (set & (1 << bit)) {
        count += 1;
        const [unendable, slow, wide] = costs[bit]!;
        cost.back += giving[bit]!.back;
        cost.unendable += unendable;
        cost.slowest = Math.max(cost.slowest, slow);
        cost.widest = Math.max(cost.widest, wide);
      }
    if (count === size && cost.back >= missing && (!best || cheaper(cost, best.cost))) best = { set, cost };
  }
  const { set, cost } = best!;
  const sessionIds = giving.filter((_, bit) => set & (1 << bit)).map((one) => one.sessionId);
  return { sessionIds, back: cost.back, exact: true };
}
