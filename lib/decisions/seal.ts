import { createHash, hash } from 'node:crypto';

/** What stands in the chain for a text. A record can be proven without showing its neighbours: their digests are enough. */
export const digest = (text: string): Buffer => hash('sha256', text, 'buffer');

/** Hash of one record of a writer's chain: over the one before it, the digest of its text, and its place. */
export function link(previous: Uint8Array, writer: string, seq: bigint, text: Uint8Array): Buffer {
  const place = `${writer}:${seq}`;
  const record = Buffer.allocUnsafe(previous.length + text.length + place.length);
  record.set(previous);
  record.set(text, previous.length);
  record.write(place, previous.length + text.length, 'latin1');
  return hash('sha256', record, 'buffer');
}

/** The link of a text. */
export const seal = (previous: Uint8Array, writer: string, seq: bigint, text: string): Buffer =>
  link(previous, writer, seq, digest(text));

/** What a new writer's chain starts from: its id and the heads of the writers it found. */
export const genesis = (writer: string, links: { id: string; seq: string; hash: string }[]): Buffer =>
  createHash('sha256')
    .update(`braid.chain.v1:${writer}:`)
    .update(links.map((one) => `${one.id}:${one.seq}:${one.hash}`).join('\n'))
    .digest();
