import { z } from 'zod';
import type { SessionEventInput } from '@/lib/sessions/model';

/** What one raw record or line of a log turned out to be. Made by `<vendor>/normalise`, which never throws. */
export type Normalised =
  | { kind: 'event'; event: SessionEventInput }
  /** Understood, and no fact about a session. */
  | { kind: 'skipped' }
  /** Can't be read, and why. */
  | { kind: 'rejected'; reason: string };

/** json: documents, lists and lines of JSON; lines: one record a line; csv: records are lists of fields, quoted ones may hold line ends. */
export type Shape = 'json' | 'lines' | 'csv';

/** A log format an import can read. docs/sources/adding.md says how one is added. */
export interface LogFormat {
  /** The vendor's folder, and every event's `source`: `aws`, `pgbouncer`. */
  name: string;
  /** Other names it answers to. */
  aliases: string[];
  title: string;
  /** How its files are cut into records; told by the beginning of the file where a source writes several ways. */
  shape: Shape | ((sample: string) => Shape);
  /** json: properties under which a document holds its records, instead of the usual ones (`LISTS`). */
  lists?: readonly string[];
  /** lines: whether a line goes on with the record before it, which then holds line ends. */
  continues?(line: string): boolean;
  /** Records that one raw record holds (an export in batches). Never throws; absent: it is one record. */
  unpack?(record: unknown): unknown[];
  /** Whether the beginning of a file (at most 64 kB of text) looks like this format, and like no other. */
  sniff(sample: string): boolean;
  /** Pure: never throws, never changes what it is given, and gives the same for the same. */
  normalise(record: unknown): Normalised;
}

/** Properties under which a JSON document usually holds its list of records. */
export const LISTS = ['Records', 'records', 'Events', 'events', 'logEvents', 'entries', 'value', 'items'] as const;

export const rejectedSchema = z.strictObject({
  file: z.string().max(4096),
  line: z.number().int(),
  reason: z.string().max(500),
});
export type Rejected = z.infer<typeof rejectedSchema>;

/** What `braid import --json` prints. `events` = newly stored; `skipped` = understood but no session
 * fact; `identities` = those with a session that this import made or changed. */
export const importResultSchema = z.strictObject({
  format: z.string().max(400), // of files of several sources: all of them, ", " between
  files: z.number().int(),
  lines: z.number().int(),
  events: z.number().int(),
  duplicates: z.number().int(),
  skipped: z.number().int(),
  rejected: z.array(rejectedSchema).max(100),
  rejectedTotal: z.number().int(),
  identities: z.number().int(),
  sessions: z.number().int(),
  findings: z.number().int(),
  seconds: z.number(),
  /** Files without a byte in them; absent: none. */
  empty: z.number().int().optional(),
  /** Sources, and time of the earliest and latest event; absent: it had none. */
  sources: z.array(z.string().max(40)).max(40).optional(),
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
});
export type ImportResult = z.infer<typeof importResultSchema>;

export const importProgressSchema = z.strictObject({
  file: z.string().max(4096),
  bytesDone: z.number(),
  bytesTotal: z.number(),
  events: z.number().int(),
});
export type ImportProgress = z.infer<typeof importProgressSchema>;

export const IMPORT_STATES = ['running', 'done', 'failed'] as const;

/** One row of the imports list and of `/api/v1/imports`. */
export const importRowSchema = z.strictObject({
  id: z.uuid(),
  /** Of a source of one's own: `generic name@version` of the mapping it is read by. */
  format: z.string().max(80),
  name: z.string().max(300),
  state: z.enum(IMPORT_STATES),
  progress: importProgressSchema.nullable(),
  result: importResultSchema.nullable(),
  error: z.string().max(1000).nullable(),
  actorName: z.string().max(300),
  createdAt: z.string().max(40),
  finishedAt: z.string().max(40).nullable(),
});
export type ImportRow = z.infer<typeof importRowSchema>;

export const importListQuerySchema = z.strictObject({
  cursor: z.uuid('is not a cursor of this list').optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** Largest upload, bytes. Larger logs go in by the command line. */
export const UPLOAD_MOST = 200_000_000;
export const IMPORT_JOB = 'run-import';
/** An import that was interrupted this often (a process that stopped or died) is given up. */
export const IMPORT_ATTEMPTS = 10;

/** What comes with an uploaded log, in the query: the body is the file itself. */
export const startImportSchema = z.strictObject({
  format: z.string().min(1).max(40).default('auto'),
  /** Name of a kept mapping: what the records of a source of one's own mean. Goes with format generic, or none. */
  mapping: z.string().min(1).max(40).optional(),
  name: z
    .string()
    .trim()
    .min(1)
    .max(300)
    .regex(/^[^\p{Cc}]*$/u, 'may not hold control characters')
    .default('upload'),
});
export type StartImport = z.input<typeof startImportSchema>;
