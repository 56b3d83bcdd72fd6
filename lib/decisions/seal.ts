import { createHash, hash } from 'node:crypto';

/** What stands in the chain for a text. A record can be proven without showing its neighbours: their digests are enough. */
export const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/** Hash of one record of a writer's chain: over the one before it, the digest of its text, and its place. */
export function link(previous: Uint8Array, writer: string, seq: bigint, text: Uint8Array): Buffer {
  linked.set(previous);
  linked.set(text, previous.length);
  const start = previous.length + text.length;
  const end = start + linked.write(`${writer}:${seq}`, start, 'latin1');
  return hash('sha256', linked.subarray(0, end), 'buffer');
}

/** Two digests, an id and a place: one at a time. */
const linked = Buffer.allocUnsafe(256);

/** The link of a text. */
export const seal = (previous: Uint8Array, writer: string, seq: bigint, text: string): Buffer =>
  link(previous, writer, seq, digest(text));

/** What a new writer's chain starts from: its id and the heads of the writers it found. */
export const genesis = (writer: string, links: { id: string; seq: string; hash: string }[]): Buffer =>
  createHash('sha256')
    .update(`braid.chain.v1:${writer}:`)
    .update(links.map((one) => `${one.id}:${one.seq}:${one.hash}`).join('\n'))
    .digest();
