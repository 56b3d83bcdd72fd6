import { z } from 'zod';

// A checkpoint says, signed, where every writer's chain stood at an instant. Its text is small and constant in size: the
// heads themselves stand beside it and are proven by the root.

export const CHECKPOINT_REASONS = ['schedule', 'drop', 'request'] as const;
export type CheckpointReason = (typeof CHECKPOINT_REASONS)[number];

const hex = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.string().regex(/^\d{1,19}$/);

/** What is signed (as RFC 8785 text). */
export const checkpointTextSchema = z.strictObject({
  format: z.literal('braid.checkpoint.v1'),
  /** Of the log it belongs to: made with the first checkpoint. */
  log: z.uuid(),
  seq: count,
  at: z.iso.datetime(),
  reason: z.enum(CHECKPOINT_REASONS),
  /** SHA-256 of the text of the one before; null in the first. */
  previous: hex.nullable(),
  /** Writers known, and the records in all their chains. */
  writers: z.number().int().min(0),
  records: count,
  /** Root of the tree over their heads, in the order in which checkpoints first saw them. */
  root: hex,
  /** Name of the key that signs. */
  key: z.string().regex(/^[0-9a-f]{16}$/),
  /** SHA-256 of the text of what is dropped in the same transaction; only of a drop. */
  drop: hex.optional(),
});
export type CheckpointText = z.infer<typeof checkpointTextSchema>;

/** A checkpoint as it is kept elsewhere: in the process log, in a file. */
export const signedSchema = z.strictObject({
  text: z.string().max(4_000),
  /** Ed25519, base64. */
  signature: z.base64().max(200),
  /** SPKI, base64. */
  publicKey: z.base64().max(200),
});
export type Signed = z.infer<typeof signedSchema>;

/** What a drop took away, as its checkpoint's `drop` digests it. */
export interface Dropped {
  table: string;
  day: string;
  rows: string;
  /** Last record of each writer among them: the chain goes on from here. */
  floors: { writer: string; seq: string; hash: string }[];
  /** Digest of all opening balances after it; null where no ledger was dropped. */
  openings: { count: string; digest: string } | null;
}

/** A checkpoint as lists show it. */
export const checkpointRowSchema = z.strictObject({
  seq: count,
  at: z.string().max(40),
  reason: z.enum(CHECKPOINT_REASONS),
  writers: z.number().int(),
  records: count,
  root: hex,
  key: z.string().max(16),
  /** How many writers moved since the one before. */
  moved: z.number().int(),
});
export type CheckpointRow = z.infer<typeof checkpointRowSchema>;

export const checkpointQuerySchema = z.strictObject({
  cursor: count.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
