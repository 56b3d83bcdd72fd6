import { z } from 'zod';
import { listQuery } from '@/lib/http/model';
import { rejectedSchema } from '@/lib/sessions/import-model';

/** Largest batch as sent, bytes. */
export const BATCH_MOST = 8_000_000;
/** Largest batch unpacked, bytes. */
export const UNPACKED_MOST = 64_000_000;
/** The inbox takes no more beyond this many bytes, or batches, that wait. */
export const WAITING_BYTES = 256_000_000;
export const WAITING_BATCHES = 10_000;
/** How long a caller is asked to wait when the inbox is full, seconds. */
export const RETRY_SECS = 2;
/** A batch that could not be ingested this often is given up. */
export const BATCH_ATTEMPTS = 5;

export const BATCH_STATES = ['received', 'done', 'failed'] as const;

/** What became of a batch. `read`: records that are events; `events`: those of them that were new. */
export const batchResultSchema = z.strictObject({
  format: z.string().max(40),
  lines: z.number().int(),
  read: z.number().int(),
  events: z.number().int(),
  duplicates: z.number().int(),
  skipped: z.number().int(),
  rejected: z.array(rejectedSchema.omit({ file: true })).max(100),
  rejectedTotal: z.number().int(),
  /** Time of its earliest and latest event; absent: it has none. */
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
});
export type BatchResult = z.infer<typeof batchResultSchema>;

export const batchRowSchema = z.strictObject({
  id: z.uuid(),
  format: z.string().max(40),
  /** name@version of the mapping it is read by. */
  mapping: z.string().max(60).nullable(),
  /** Pulled from this connected system. */
  connectorId: z.uuid().nullable(),
  bytes: z.number().int(),
  state: z.enum(BATCH_STATES),
  actorName: z.string().max(300),
  receivedAt: z.string().max(40),
  doneAt: z.string().max(40).nullable(),
  result: batchResultSchema.nullable(),
  error: z.string().max(1000).nullable(),
});
export type BatchRow = z.infer<typeof batchRowSchema>;

export const batchIdSchema = z.strictObject({ id: z.uuid() });
export const batchListQuerySchema = z.strictObject({
  cursor: z.uuid('is not a cursor of this list').optional(),
  limit: listQuery.limit,
  state: z.enum(BATCH_STATES).optional(),
  connectorId: z.uuid().optional(),
  /** Only those of which something was refused. */
  refused: z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]).optional(),
});

/** What waits, and what came in the last 24 hours. */
export const inboxSchema = z.strictObject({
  waiting: z.number().int(),
  waitingBytes: z.number().int(),
  /** When the one that waits longest came. */
  oldestAt: z.string().max(40).nullable(),
  /** Share of the room for what waits that is taken, 0 to 1: at 1 callers are told to come again. */
  filled: z.number(),
  day: z.strictObject({
    batches: z.number().int(),
    lines: z.number().int(),
    events: z.number().int(),
    duplicates: z.number().int(),
    rejected: z.number().int(),
    failed: z.number().int(),
    lastAt: z.string().max(40).nullable(),
  }),
});
export type Inbox = z.infer<typeof inboxSchema>;
export const receiveSchema = z.strictObject({
  format: z.string().min(1).max(40).default('auto'),
  /** Name of a stored mapping, with format generic. */
  mapping: z.string().min(1).max(40).optional(),
});
