export interface Gives {
  sessionId: string;
  /** Minor units that come back when it is ended. */
  back: bigint;
}

export interface Fewest {
  sessionIds: string[];
  back: bigint;
  exact: boolean;
}

/** Sets of so many sessions are all looked at; beyond, the largest are taken first. */
const MAX_EXACT = 16;

/**
 * The fewest sessions whose end gives back at least `missing`, and of those the set that gives back least beyond it. Taking
 * the largest first is the fewest too, but may end more than it must: that is what is done beyond sixteen. Null: all of
 * them together are not enough. Pure.
 */
export function fewest(sessions: Gives[], missing: bigint): Fewest | null {
  const giving = sessions
    .filter((one) => one.back > 0n)
    .sort((a, b) => (a.back < b.back ? 1 : a.back > b.back ? -1 : 0));
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

/** Of all sets of a size that give back enough, the one that gives back least. */
function gentlest(giving: Gives[], missing: bigint, size: number): Fewest {
  let best: { set: number; back: bigint } | null = null;
  for (let set = 1; set < 1 << giving.length; set++) {
    let count = 0;
    let back = 0n;
    for (let bit = 0; bit < giving.length; bit++)
      if (set & (1 << bit)) {
        count += 1;
        back += giving[bit]!.back;
      }
    if (count === size && back >= missing && (!best || back < best.back)) best = { set, back };
  }
  const { set, back } = best!;
  return { sessionIds: giving.filter((_, bit) => set & (1 << bit)).map((one) => one.sessionId), back, exact: true };
}
