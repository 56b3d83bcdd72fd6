/** A seeded source of chance (mulberry32): the same seed gives the same choices. */
export interface Chance {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  one<T>(list: readonly T[]): T;
  /** Waiting times of events that come `mean` apart on average, at most three times that. */
  wait(mean: number): number;
}

export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const whole = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    whole,
    one: (list) => list[whole(0, list.length - 1)]!,
    wait: (mean) => Math.min(3 * mean, -mean * Math.log(1 - next())),
  };
}
