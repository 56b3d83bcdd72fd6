/**
 * How likely it is that `reads` acts, drawn at random from `among` acts of which `changes` change something, hold no change
 * (hypergeometric). 0 to 1; 1 where there is nothing to tell.
 */
export function chanceOfNoChange(reads: number, changes: number, among: number): number {
  let chance = 1;
  for (let n = 0; n < changes; n += 1) {
    chance *= Math.max(0, among - reads - n) / (among - n);
    if (chance === 0) break;
  }
  return chance;
}

/** As usual: one in twenty. Divided by how many places might have shown it, or it would come by itself to a pool of many. */
const TELLING = 0.05;

/** Whether a place that only read did so by more than chance, among `places` that share the work. */
export const isTelling = (reads: number, changes: number, among: number, places: number): boolean =>
  chanceOfNoChange(reads, changes, among) * Math.max(1, places) < TELLING;
