import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { mappedFormat } from '@/lib/connectors/formats';
import { findFormat } from '@/lib/mappings/read-by';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { sha256Hex } from '@/lib/platform/ids';
import { cut, isByLine } from '@/lib/sessions/cut';
import { keptFormat } from '@/lib/sessions/find-kept';
import type { LogFormat } from '@/lib/sessions/import-model';
import { ingest } from '@/lib/sessions/ingest';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readEvent } from '@/lib/sessions/read-event';
import { readSource } from '@/lib/sessions/read-source';
import { chooseFormat, SAMPLE } from '@/lib/sessions/sniff';
import { CUT_OFF, type RawRecord } from '@/lib/sessions/split-lines';
import {
  type FileCursor,
  HEAD_BYTES,
  type TailCursor,
  type TailInput,
  type TailPass,
  tailInputSchema,
} from '@/lib/sessions/tail-model';
import { readTail, writeTail } from '@/lib/sessions/tails/store';

/** Read in one look, bytes: what is more comes with the next. */
const PASS_BYTES = 16_000_000;
/** A record that is not over by then is given up with its line. */
const RECORD_BYTES = 4_000_000;
const FILES_MOST = 10_000;
/** Events of a streamed file that are stored in one transaction. */
const BATCH = 20_000;
const REJECTED_MOST = 100;
const NO_LOG = /^(?:\.|LICEN[CS]E|README|NOTICE)|\.(?:md|sha256|tmp|swp)$/i;

/**
 * One look at a log file or folder that grows: what whole records came since the last look is ingested, then the cursor moves
 * on. A process that dies in between reads them again, which adds nothing. A file that was cut off or replaced under its name
 * is read from its beginning; one that was renamed goes on where it stood. Gzip files are read once, when they
 * are whole. What can only be read as a whole and is more than one look holds is streamed once it has stopped growing.
 * Throws `import.unreadable` where there is nothing to read or it looks like no known log.
 */
export async function tail(ctx: Ctx, input: TailInput): Promise<TailPass> {
  authorise(ctx, 'event.ingest');
  const asked = tailInputSchema.parse(input);
  const at = path.resolve(asked.path);
  const before = await readTail(at);
  const known = new Map(Object.values(before?.cursor ?? {}).map((each) => [each.inode, each]));
  const files = await filesOf(at, known);
  const format = await formatFor(asked, before?.format, files);
  const cursor: TailCursor = {};
  const pass: TailPass = {
    files: files.length,
    events: 0,
    duplicates: 0,
    skipped: 0,
    rejected: [],
    rejectedTotal: 0,
    more: false,
  };
  const events: SessionEventInput[] = [];
  const large: string[] = [];
  let budget = PASS_BYTES;
  for (const file of files) {
    const read = await readOn(file, format, { named: before?.cursor[file], known, budget, pass });
    if (read.cursor) cursor[file] = read.cursor;
    if (read.large) large.push(file);
    for (const event of read.events) events.push(event);
    budget -= read.bytes;
  }
  async function* batches(): AsyncGenerator<SessionEventInput[]> {
    yield events;
    for (const file of large) {
      yield* readLarge(file, format, pass);
      const at = cursor[file];
      if (at) cursor[file] = { ...at, offset: at.seen };
    }
  }
  const stored = await ingest(batches());
  await writeTail(at, format.name, cursor, clock.now());
  return { ...pass, events: stored.events, duplicates: stored.duplicates };
}

/** Of a source of one's own what its mapping says; else the one asked for, or told by the files. */
async function formatFor(asked: z.output<typeof tailInputSchema>, before: string | undefined, files: string[]) {
  const { format, mapping, mappingText } = asked;
  if (mappingText !== undefined) return mappedFormat(mappingText);
  const kept = await keptFormat(format === 'auto' ? undefined : format, mapping);
  if (kept) return findFormat(kept);
  const named = files.map((file) => ({ path: file, bytes: 0, named: true }));
  return chooseFormat(format === 'auto' && before ? before : format, named);
}

/** The files of a folder in order of name; or a file, after those it was rotated to that were not read to their end. */
async function filesOf(at: string, known: Map<string, FileCursor>): Promise<string[]> {
  const info = await stat(at).catch((cause: NodeJS.ErrnoException) => {
    throw new BraidError('import.unreadable', `${at} can't be read: ${cause.code ?? 'unknown'}.`, { cause });
  });
  const folder = info.isDirectory() ? at : path.dirname(at);
  if (!info.isDirectory() && (known.size === 0 || known.has(String(info.ino)))) return [at];
  const entries = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile());
  const named = entries.map((entry) => path.join(folder, entry.name)).sort();
  if (info.isDirectory()) return named.filter((file) => !NO_LOG.test(path.basename(file))).slice(0, FILES_MOST);
  const rotated: string[] = [];
  for (const file of named.filter((each) => each.startsWith(at) && each !== at).slice(0, FILES_MOST)) {
    const old = await stat(file).catch(() => null);
    if (old && known.has(String(old.ino))) rotated.push(file);
  }
  return [...rotated, at];
}

interface Looking {
  /** What was known of the file of this name, and of every file by its inode: a rotated file keeps its cursor. */
  named: FileCursor | undefined;
  known: Map<string, FileCursor>;
  budget: number;
  pass: TailPass;
}

interface Reading {
  cursor: FileCursor | undefined;
  events: SessionEventInput[];
  bytes: number;
  /** It can only be read as a whole, and that is more than one look holds: it is streamed. */
  large?: boolean;
}

async function readOn(file: string, format: LogFormat, { named, known, budget, pass }: Looking): Promise<Reading> {
  const handle = await open(file, 'r').catch(() => null); // gone since the folder was listed
  if (!handle) return { cursor: named, events: [], bytes: 0 };
  try {
    const info = await handle.stat({ bigint: true });
    const inode = String(info.ino);
    const size = Number(info.size);
    const old = known.get(inode);
    const still = old?.seen === size;
    const goesOn = old && size >= old.offset && (await headOf(handle, old.headBytes)) === old.head;
    // A gzip stream has no middle to go on from: one that has grown is read anew.
    const start = goesOn && !(size > old.offset && (await isGzip(handle))) ? old : fresh(inode);
    const bytes = Math.min(size - start.offset, budget);
    if (bytes <= 0) {
      if (size > start.offset) pass.more = true;
      return { cursor: start, events: [], bytes: 0 };
    }
    if (start.offset === 0 && size > PASS_BYTES && (await isOnePiece(handle, format))) {
      const headBytes = Math.min(HEAD_BYTES, size);
      const seen = { ...start, headBytes, head: await headOf(handle, headBytes), seen: size };
      return { cursor: seen, events: [], bytes: 0, large: still };
    }
    if (size - start.offset > bytes) pass.more = true;
    const chunk = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(chunk, 0, bytes, start.offset);
    const { whole, lines, events, large } = take(chunk.subarray(0, bytesRead), format, {
      file,
      start,
      size,
      still,
      pass,
    });
    const offset = start.offset + whole;
    const headBytes = Math.min(HEAD_BYTES, large ? size : offset);
    const cursor = {
      inode,
      offset,
      headBytes,
      head: await headOf(handle, headBytes),
      line: start.line + lines,
      seen: size,
    };
    return { cursor, events, bytes: whole, large };
  } finally {
    await handle.close();
  }
}

/** Nothing of it can be read before its end: a gzip stream, or a JSON document that goes over many lines. */
async function isOnePiece(handle: FileHandle, format: LogFormat): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(SAMPLE), 0, SAMPLE, 0);
  const sample = buffer.subarray(0, bytesRead);
  return isZipped(sample) || isDocument(sample.toString('utf8'), format);
}

async function isGzip(handle: FileHandle): Promise<boolean> {
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return isZipped(buffer);
}

const isZipped = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function isDocument(sample: string, format: LogFormat): boolean {
  const shape = typeof format.shape === 'function' ? format.shape(sample) : format.shape;
  return shape === 'json' && !isByLine(sample, format.lists) && !/^\s*\{.*\}\s*\n$/.test(sample);
}

/** Events of a file that is streamed, batch by batch. */
async function* readLarge(file: string, format: LogFormat, pass: TailPass): AsyncGenerator<SessionEventInput[]> {
  for await (const records of readSource(file, format)) {
    const events = eventsOf(records, format, { file, from: 1, pass });
    for (let n = 0; n < events.length; n += BATCH) yield events.slice(n, n + BATCH);
  }
}

const fresh = (inode: string): FileCursor => ({ inode, offset: 0, head: '', headBytes: 0, line: 1, seen: 0 });

async function headOf(handle: FileHandle, bytes: number): Promise<string> {
  if (bytes === 0) return '';
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
  return sha256Hex(buffer.subarray(0, bytesRead));
}

interface Piece {
  file: string;
  start: FileCursor;
  size: number;
  /** It has not grown since it was looked at last. */
  still: boolean;
  pass: TailPass;
}

/** Events of the whole records in a piece of a file, and how many bytes and lines they take. */
function take(chunk: Buffer, format: LogFormat, { file, start, size, still, pass }: Piece) {
  const zipped = start.offset === 0 && isZipped(chunk);
  const complete = chunk.length === size - start.offset;
  const whole = zipped ? (complete ? size : 0) : wholeRecords(chunk, format, still && complete);
  let text = '';
  try {
    text =
      zipped && whole > 0
        ? gunzipSync(chunk, { maxOutputLength: PASS_BYTES * 8 }).toString('utf8')
        : chunk.toString('utf8', 0, zipped ? 0 : whole);
  } catch (error) {
    // Else it is still being written.
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    return { whole: 0, lines: 0, events: [], large };
  }
  const records = cut(format, text);
  // It has not grown for a look, and yet its last record is not whole: it waits for its end.
  const last = records.at(-1);
  if (!zipped && last && 'reason' in last && last.reason === CUT_OFF)
    return { whole: 0, lines: 0, events: [], large: false };
  const events = eventsOf(records, format, { file, from: start.line, pass });
  let lines = 0;
  if (!zipped) for (let i = chunk.indexOf(10); i !== -1 && i < whole; i = chunk.indexOf(10, i + 1)) lines += 1;
  return { whole, lines, events, large: false };
}

function eventsOf(
  records: RawRecord[],
  format: LogFormat,
  { file, from, pass }: { file: string; from: number; pass: TailPass },
): SessionEventInput[] {
  const events: SessionEventInput[] = [];
  for (const raw of records) {
    const one =
      'reason' in raw ? ({ kind: 'rejected', reason: raw.reason } as const) : readEvent(format, raw.record, clock.ms());
    if (one.kind === 'event') events.push(one.event);
    else if (one.kind === 'skipped') pass.skipped += 1;
    else {
      pass.rejectedTotal += 1;
      const line = from + raw.line - 1;
      if (pass.rejected.length < REJECTED_MOST) pass.rejected.push({ file, line, reason: one.reason });
    }
  }
  return events;
}

/**
 * Bytes up to the end of the last record that is over. A record ends with its line; where a line may go on with the one before
 * it, or a document goes over many lines, it is over when the next one begins or the file has not grown for one look.
 */
function wholeRecords(chunk: Buffer, format: LogFormat, still: boolean): number {
  const sample = chunk.toString('utf8', 0, SAMPLE);
  if (isDocument(sample, format)) return still ? chunk.length : 0;
  const shape = typeof format.shape === 'function' ? format.shape(sample) : format.shape;
  const end = shape === 'csv' ? lastRowEnd(chunk) : chunk.lastIndexOf(10) + 1;
  if (end === 0) return chunk.length > RECORD_BYTES ? chunk.length : 0;
  if (shape !== 'lines' || !format.continues || still) return end;
  for (let from = end; from > 0; ) {
    const line = from < 2 ? 0 : chunk.lastIndexOf(10, from - 2) + 1;
    if (!format.continues(chunk.toString('utf8', line, from - 1))) return line > 0 || end <= RECORD_BYTES ? line : end;
    from = line;
  }
  return end > RECORD_BYTES ? end : 0;
}

/** The end of the last row that is over: a line end outside quotes. */
function lastRowEnd(chunk: Buffer): number {
  let quoted = false;
  let end = 0;
  for (let i = 0; i < chunk.length; i++) {
    if (chunk[i] === 34) quoted = !quoted;
    else if (chunk[i] === 10 && !quoted) end = i + 1;
  }
  return end;
}
