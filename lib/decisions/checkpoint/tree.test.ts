import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Head, Tree } from '@/lib/decisions/checkpoint/tree';

const sha = (...parts: (string | Buffer)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leaf = (head: Head) => sha(`\0${head.writer}:${head.seq}:${head.hash}`);

/** RFC 6962, section 2.1, as it is written there. */
function mth(leaves: Buffer[]): Buffer {
  if (leaves.length === 0) return sha('');
  if (leaves.length === 1) return leaves[0]!;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return sha(Buffer.from([1]), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

const head = (writer: number, seq: number): Head => ({ writer: `w${writer}`, seq: String(seq), hash: `h${seq}` });

test('whatever is put in whatever order, the root is that of RFC 6962 and every leaf is proven', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 30 }), { maxLength: 120 }), (moves) => {
      const tree = new Tree();
      const heads: Head[] = [];
      for (const [at, move] of moves.entries()) {
        const index = Math.min(move, heads.length);
        heads[index] = head(index, at);
        tree.put(index, heads[index]!);
      }
      const leaves = heads.map(leaf);
      expect(tree.root()).toBe(mth(leaves).toString('hex'));
      for (const [index, value] of leaves.entries()) {
        const top = tree.proof(index).reduce((below, step) => {
          const beside = Buffer.from(step.hash, 'hex');
          return step.side === 'left' ? sha(Buffer.from([1]), beside, below) : sha(Buffer.from([1]), below, beside);
        }, value);
        expect(top.toString('hex')).toBe(tree.root());
      }
    }),
  );
});
