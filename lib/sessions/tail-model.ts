import { z } from 'zod';
import { MAPPING_MOST } from '@/lib/mappings/model';

/** How far one file has been read. */
export const fileCursorSchema = z.strictObject({
  /** Which file it was: a name may be given to another one. */
  inode: z.string().max(40),
  /** Bytes of whole records that are stored. */
  offset: z.number().int().nonnegative(),
  /** Digest of its first bytes (`headBytes` of them): another beginning is another file. */
  head: z.string().max(80),
  headBytes: z.number().int().nonnegative(),
  /** Line the next record begins on. */
  line: z.number().int().positive(),
  /** How large it was when it was looked at last, bytes. */
  seen: z.number().int().nonnegative(),
});
export type FileCursor = z.infer<typeof fileCursorSchema>;

/** Cursors of a tailed file or folder, by file. */
export const tailCursorSchema = z.record(z.string().max(4096), fileCursorSchema);
export type TailCursor = z.infer<typeof tailCursorSchema>;

export const tailInputSchema = z.strictObject({
  /** A name or `auto`: told by the beginning of the first file that looks like any. */
  format: z.string().min(1).max(40).default('auto'),
  path: z.string().min(1).max(4096),
  /** Name of a kept mapping: the file is of a source of one's own. Each look reads by its version of then. */
  mapping: z.string().min(1).max(40).optional(),
  /** Instead of its name: its text, YAML or JSON. */
  mappingText: z.string().max(MAPPING_MOST).optional(),
});
export type TailInput = z.input<typeof tailInputSchema>;

/** What one look at a tailed file or folder stored. */
export interface TailPass {
  files: number;
  events: number;
  duplicates: number;
  skipped: number;
  rejected: { file: string; line: number; reason: string }[];
  rejectedTotal: number;
  /** More was there than one look reads. */
  more: boolean;
}

/** HEAD bytes tell one file from another of the same name. */
export const HEAD_BYTES = 256;
