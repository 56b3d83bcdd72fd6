/** Events held at a time: what is judged together is read together, as far as it is not more than this. */
export const PORTION_EVENTS = 25_000;

/**
 * Cuts a list into portions that weigh at most `most` together, in its order; what weighs more stands alone. `weightOf` is
 * bounded by `heaviest`: of one identity no more is read at a time.
 */
export function portionsOf<T>(
  list: readonly T[],
  weightOf: (one: T) => number,
  { most = PORTION_EVENTS, heaviest = Number.POSITIVE_INFINITY }: { most?: number; heaviest?: number } = {},
): T[][] {
  const portions: T[][] = [];
  let room = 0;
  for (const one of list) {
    const weight = Math.min(weightOf(one), heaviest);
    if (portions.length === 0 || weight > room) {
      portions.push([]);
      room = most;
    }
    portions.at(-1)!.push(one);
    room -= weight;
  }
  return portions;
}
