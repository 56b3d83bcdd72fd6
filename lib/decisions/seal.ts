import { createHash } from 'node:crypto';

/** Hash of one record of a writer's chain: over the one before it, its place, and its text as stored. */
export const seal = (previous: Uint8Array, writer: string, seq: bigint, text: string): Buffer =>
  createHash('sha256').update(previous).update(`${writer}:${seq}:`).update(text, 'utf8').digest();

/** What a new writer's chain starts from: its id and the heads of the writers it found. */
export const genesis = (writer: string, links: { id: string; seq: string; hash: string }[]): Buffer =>
  createHash('sha256')
    .update(`braid.chain.v1:${writer}:`)
    .update(links.map((link) => `${link.id}:${link.seq}:${link.hash}`).join('\n'))
    .digest();
