import { hash } from 'node:crypto';

/** Where a writer's chain stood: its place and, in hex, its hash. */
export interface Head {
  writer: string;
  seq: string;
  hash: string;
}

const leafOf = (head: Head): Buffer => hash('sha256', `\0${head.writer}:${head.seq}:${head.hash}`, 'buffer');

function nodeOf(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from([1]), left, right]), 'buffer');
}

/**
 * A Merkle tree over heads (RFC 6962 shape) that grows at its end and whose leaves can be replaced: a checkpoint costs
 * what moved, and one head is proven by a few hashes.
 */
export class Tree {
  private readonly levels: Buffer[][] = [[]];

  get size(): number {
    return this.levels[0]!.length;
  }

  /** Puts a head at a place: one that is there, or the next. */
  put(index: number, head: Head): void {
    let at = index;
    let value = leafOf(head);
    for (let level = 0; ; level++) {
      this.levels[level] ??= [];
      const nodes = this.levels[level]!;
      nodes[at] = value;
      if (nodes.length === 1) {
        this.levels.length = level + 1;
        return;
      }
      const left = nodes[at & ~1]!;
      const right = nodes[at | 1];
      value = right ? nodeOf(left, right) : left; // an odd one goes up as it is
      at >>= 1;
    }
  }

  /** In hex. */
  root(): string {
    const top = this.levels.at(-1)![0];
    return (top ?? hash('sha256', '', 'buffer')).toString('hex');
  }

  /** The hashes beside the way from a leaf to the root, in hex, with the side they stand on. */
  proof(index: number): { side: 'left' | 'right'; hash: string }[] {
    const steps: { side: 'left' | 'right'; hash: string }[] = [];
    let at = index;
    for (const nodes of this.levels.slice(0, -1)) {
      const beside = nodes[at ^ 1];
      if (beside) steps.push({ side: at & 1 ? 'left' : 'right', hash: beside.toString('hex') });
      at >>= 1;
    }
    return steps;
  }
}
