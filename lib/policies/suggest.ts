/** Edits (insert, delete, replace) from `a` to `b`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** ` Did you mean "x"?` for the nearest known word within a third of its length, else what is known (at most 12 words). */
export function suggest(word: string, known: readonly string[]): string {
  const short = word.slice(0, 64);
  const near = known
    .map((candidate) => ({ candidate, far: distance(short.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)[0];
  if (near && near.far <= Math.max(1, Math.ceil(near.candidate.length / 3)))
    return ` Did you mean "${near.candidate}"?`;
  return known.length && known.length <= 12 ? ` Known: ${known.join(', ')}.` : '';
}
