import fs from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Item } from '@/lib/decisions/request-model';
import { clock } from '@/lib/platform/clock';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { log } from '@/lib/platform/log';

// Denials answered while shared state could not be reached. They stand in files of their own, on the disk before they are
// answered, until they are in the log: no answered decision may be missing from it.

/** One file's most; then the next is begun. */
const FILE_BYTES = 16 * 1024 * 1024;
/** All of a folder's files together. Beyond, nothing is decided in the dark any more. */
const ALL_BYTES = 2 * 1024 * 1024 * 1024;
/** The disk must have it within this time, ms: an answer is due. */
const WRITE_MS = 700;
/** Untouched for so long a file is nobody's, ms, whatever process has its writer's number now. */
const FORSAKEN_MS = 10_000;

/** What the files of every version end with: the number of the process that writes them. */
const FILE = /-(\d+)\.(?:ndjson|taken)$/;

const spoolDir = (): string => path.join(env().BRAID_HOME, 'spool');

interface Waiting {
  text: string;
  resolve(): void;
  reject(error: unknown): void;
}
let waiting: Waiting[] = [];
let writing = false;
let current: { file: string; bytes: number } | undefined;

/**
 * Resolves when the denials are on the disk. Throws `state_unavailable` when the disk does not take them: then there is no
 * decision to answer.
 */
export function spool(items: Item[]): Promise<void> {
  const text = items.map((item) => `${JSON.stringify({ ...item, idempotency: null })}\n`).join('');
  const written = new Promise<void>((resolve, reject) => {
    waiting.push({ text, resolve, reject });
    if (!writing) void writeWaiting();
  });
  let late: NodeJS.Timeout;
  const tooLate = new Promise<void>((_, reject) => {
    late = setTimeout(() => reject(new Error(`the disk did not answer within ${WRITE_MS} ms`)), WRITE_MS);
  });
  return Promise.race([written, tooLate])
    .catch((error: Error) => {
      log.error({ error: error.message, denials: items.length }, 'denials not spooled');
      throw new BraidError('state_unavailable', 'Shared state could not be reached, and the denial not be kept.', {
        cause: error,
      });
    })
    .finally(() => clearTimeout(late));
}

/** Whoever comes while the disk is busy goes with the next write. */
async function writeWaiting(): Promise<void> {
  writing = true;
  while (waiting.length) {
    const some = waiting;
    waiting = [];
    try {
      await append(some.map((one) => one.text).join(''));
      for (const one of some) one.resolve();
    } catch (error) {
      for (const one of some) one.reject(error);
    }
  }
  writing = false;
}

/** A file is on the disk only once its folder says so. */
async function keepEntry(): Promise<void> {
  const folder = await open(spoolDir(), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function append(text: string): Promise<void> {
  if (!current || current.bytes > FILE_BYTES) {
    if (spooledBytes() > ALL_BYTES) throw new Error('the spool is full');
    fs.mkdirSync(spoolDir(), { recursive: true, mode: 0o700 });
    current = { file: path.join(spoolDir(), `${newId()}-${process.pid}.ndjson`), bytes: 0 };
  }
  const { file } = current;
  const fresh = current.bytes === 0;
  current.bytes += Buffer.byteLength(text);
  try {
    const handle = await open(file, 'a', 0o600);
    try {
      await handle.appendFile(text);
      await handle.datasync();
      if (fresh) await keepEntry();
      const { ino } = await handle.stat();
      if (fs.statSync(file, { throwIfNoEntry: false })?.ino === ino) return;
    } finally {
      await handle.close();
    }
  } catch (error) {
    current = undefined; // what was half written must not be gone on with: the next line would be lost with it
    throw error;
  }
  // Somebody took the file meanwhile and may have read it before this was in it. Twice is not counted twice.
  current = undefined;
  await append(text);
}

/** Whether there is any file, of whichever process. */
export const isSpooled = (): boolean => filesOf(spoolDir()).length > 0;

/** Bytes of denials that are not in the log yet. */
export const spooledBytes = (): number =>
  filesOf(spoolDir()).reduce(
    (sum, name) => sum + (fs.statSync(path.join(spoolDir(), name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );

const filesOf = (dir: string): string[] =>
  fs.existsSync(dir) ? fs.readdirSync(dir).filter((name) => FILE.test(name)) : [];

export interface Taken {
  file: string;
  items: Item[];
  /** Says that it is still being drained. */
  keep(): void;
}

/** A file of this or of a dead process, taken by renaming it; undefined when there is none. */
export function takeSpool(): Taken | undefined {
  for (const name of filesOf(spoolDir()).sort()) {
    const from = path.join(spoolDir(), name);
    if (!mine(name) && !forsaken(from)) continue;
    const file = path.join(spoolDir(), `${newId()}-${process.pid}.ndjson`);
    try {
      if (from === current?.file) current = undefined;
      fs.renameSync(from, file);
      const keep = () => {
        const now = clock.now();
        fs.utimesSync(file, now, now);
      };
      keep();
      draining.add(path.basename(file));
      return { file, items: read(file), keep };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        log.warn({ error: (error as Error).message, name }, 'spool not taken');
    }
  }
  return undefined;
}

/** Names of the files this process drains at the moment. */
const draining = new Set<string>();

/** All of it is in the log, or the rest has to wait. */
export function letSpoolGo({ file }: Taken, done: boolean): void {
  draining.delete(path.basename(file));
  if (done) fs.rmSync(file, { force: true });
}

const writerOf = (name: string): number => Number(FILE.exec(name)?.[1]);

const mine = (name: string): boolean => writerOf(name) === process.pid && !draining.has(name);

function forsaken(file: string): boolean {
  const writer = writerOf(file);
  if (writer === process.pid) return false;
  if (!alive(writer)) return true;
  const { mtimeMs } = fs.statSync(file, { throwIfNoEntry: false }) ?? { mtimeMs: clock.ms() };
  return clock.ms() - mtimeMs > FORSAKEN_MS;
}

/** What can't be written into the log whatever is tried stays beside it, with the reason, and in the process log. */
export function setAside(item: Item, error: unknown): void {
  log.error({ err: error, decisionId: item.decisionId, subject: item.asked?.subject }, 'a denial can not be logged');
  const line = JSON.stringify({ ...item, refused: (error as Error).message });
  fs.appendFileSync(path.join(spoolDir(), 'refused.jsonl'), `${line}\n`, { mode: 0o600 });
}

function read(file: string): Item[] {
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line ? [JSON.parse(line) as Item] : [];
      } catch {
        return []; // the last line of a process that died while writing it
      }
    });
}

function alive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
