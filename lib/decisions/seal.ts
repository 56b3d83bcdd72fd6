import { createHash, hash } from 'node:crypto';

/** Hash of one record of a writer's chain: over the one before it, its place, and its text as stored. */
export function seal(previous: Uint8Array, writer: string, seq: bigint, text: string): Buffer {
  const rest = `${writer}:${seq}:${text}`;
  const record = Buffer.allocUnsafe(previous.length + Buffer.byteLength(rest));
  record.set(previous);
  record.write(rest, previous.length, 'utf8');
  return hash('sha256', record, 'buffer');
}

/** What a new writer's chain starts from: its id and the heads of the writers it found. */
export const genesis = (writer: string, links: { id: string; seq: string; hash: string }[]): Buffer =>
  createHash('sha256')
    .update(`braid.chain.v1:${writer}:`)
    .update(links.map((link) => `${link.id}:${link.seq}:${link.hash}`).join('\n'))
    .digest();
