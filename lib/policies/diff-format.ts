export interface DiffLine {
  kind: 'same' | 'added' | 'removed';
  text: string;
  /** Line numbers, from 1; null on the side where the line is not. */
  before: number | null;
  after: number | null;
}

/** Beyond this product of changed lines the whole middle is shown as replaced instead of aligned. */
const MOST_CELLS = 4_000_000;

/** Line by line: what was removed, added and kept, by longest common subsequence between a common head and tail. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const a = before.replace(/\n$/, '').split('\n');
  const b = after.replace(/\n$/, '').split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const lines: DiffLine[] = [];
  const same = (i: number, j: number) => lines.push({ kind: 'same', text: a[i]!, before: i + 1, after: j + 1 });
  for (let i = 0; i < head; i++) same(i, i);
  let i = head;
  let j = head;
  for (const [keptA, keptB] of common(a, b, head, tail)) {
    for (; i < keptA; i++) lines.push({ kind: 'removed', text: a[i]!, before: i + 1, after: null });
    for (; j < keptB; j++) lines.push({ kind: 'added', text: b[j]!, before: null, after: j + 1 });
    same(i++, j++);
  }
  for (; i < a.length - tail; i++) lines.push({ kind: 'removed', text: a[i]!, before: i + 1, after: null });
  for (; j < b.length - tail; j++) lines.push({ kind: 'added', text: b[j]!, before: null, after: j + 1 });
  for (; i < a.length; i++, j++) same(i, j);
  return lines;
}

/** Pairs of lines that both sides keep, in order, between head and tail. */
function common(a: string[], b: string[], head: number, tail: number): [number, number][] {
  const rows = a.length - head - tail;
  const columns = b.length - head - tail;
  if (rows * columns > MOST_CELLS) return [];
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[head + i] === b[head + j]
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < rows && j < columns; ) {
    if (a[head + i] === b[head + j]) pairs.push([head + i++, head + j++]);
    else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i++;
    else j++;
  }
  return pairs;
}

/** Only what changed, with `around` lines of context; null where lines are left out. */
export function folded(lines: DiffLine[], around = 3): (DiffLine | null)[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some((line) => line.kind !== 'same'),
  );
  return lines.flatMap((line, at): (DiffLine | null)[] => (near[at] ? [line] : at === 0 || near[at - 1] ? [null] : []));
}

const SIGNS = { same: ' ', added: '+', removed: '-' } as const;

/** The difference as text, with a few lines around each change; '' when both say the same. */
export function diffText(before: string, after: string): string {
  const lines = lineDiff(before, after);
  if (lines.every((line) => line.kind === 'same')) return '';
  return folded(lines)
    .map((line) => (line ? `${SIGNS[line.kind]} ${line.text}` : '  …'))
    .join('\n');
}
