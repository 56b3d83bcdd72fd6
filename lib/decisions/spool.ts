import fs from 'node:fs';
import path from 'node:path';
import type { Item } from '@/lib/decisions/request-model';
import { clock } from '@/lib/platform/clock';
import { env } from '@/lib/platform/env';
import { log } from '@/lib/platform/log';

// Denials answered while shared state could not be reached. They stand in a local append-only file until they can be
// written to the log, because no answered decision may be missing from it.

const MAX_BYTES = 64 * 1024 * 1024;

const spoolDir = (): string => path.join(env().BRAID_HOME, 'spool');
const fileOf = (): string => path.join(spoolDir(), `decisions-${process.pid}.ndjson`);

let bytes = 0;

/** Appends one denial. Never throws: the answer is a deny whatever the disk says; the process log then keeps it. */
export function spool(item: Item): void {
  const line = `${JSON.stringify({ ...item, idempotency: null })}\n`;
  try {
    if (bytes + line.length > MAX_BYTES) throw new Error('the spool is full');
    if (bytes === 0) fs.mkdirSync(spoolDir(), { recursive: true, mode: 0o700 });
    fs.appendFileSync(fileOf(), line, { mode: 0o600 });
    bytes += line.length;
  } catch (error) {
    log.error(
      { error: (error as Error).message, decisionId: item.decisionId, subject: item.asked.subject },
      'denial not spooled',
    );
  }
}

/** A living process drains its own file within seconds of the database's return: what lies longer is of one whose number another has now, ms. */
const ABANDONED_MS = { ndjson: 60_000, taken: 600_000 };

function abandoned(name: string): boolean {
  const kind = name.endsWith('.taken') ? 'taken' : 'ndjson';
  const { mtimeMs } = fs.statSync(path.join(spoolDir(), name), { throwIfNoEntry: false }) ?? { mtimeMs: clock.ms() };
  return clock.ms() - mtimeMs > ABANDONED_MS[kind];
}

/** Files of this and of dead processes, taken by renaming, so that each is drained by one process. */
export function takeSpool(): { file: string; items: Item[] }[] {
  if (!fs.existsSync(spoolDir())) return [];
  bytes = 0;
  return fs.readdirSync(spoolDir()).flatMap((name) => {
    const owner = /^decisions-(\d+)\.(?:ndjson|taken)$/.exec(name)?.[1];
    if (!owner || (Number(owner) !== process.pid && alive(Number(owner)) && !abandoned(name))) return [];
    const file = path.join(spoolDir(), `decisions-${process.pid}.taken`);
    try {
      if (path.join(spoolDir(), name) !== file) {
        if (fs.existsSync(file)) return [];
        fs.renameSync(path.join(spoolDir(), name), file);
      }
      return [{ file, items: read(file) }];
    } catch (error) {
      log.warn({ error: (error as Error).message, name }, 'spool not taken');
      return [];
    }
  });
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
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
