import fs from 'node:fs';
import path from 'node:path';
import { type CheckpointText, type Signed, signedSchema } from '@/lib/decisions/checkpoint/model';
import { type CheckpointRecord, checkpointBySeq } from '@/lib/decisions/checkpoint/store';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { log, readByPeople } from '@/lib/platform/log';

// Copies of checkpoints outside the database, so that a log cut together with its checkpoints is found out: the process log,
// and a file in BRAID_HOME.

const MAX_FILE = 64 * 1024 * 1024;

export const signedOf = (record: CheckpointRecord): Signed => ({
  text: record.text,
  signature: Buffer.from(record.signature).toString('base64'),
  publicKey: Buffer.from(record.publicKey).toString('base64'),
});

const keptFile = (logId: string): string => path.join(env().BRAID_HOME, 'checkpoints', `${logId}.ndjson`);

/** Says a checkpoint to the process log, where one is kept, and appends it to the file of its log. A disk that is full spoils neither. */
export function keep(record: CheckpointRecord): void {
  const signed = signedOf(record);
  // Written where warnings are: on a quiet installation too, it is evidence and no chatter. A terminal keeps no evidence.
  const voice = log.level === 'warn' ? log.child({}, { level: 'info' }) : log;
  if (!readByPeople) voice.info({ checkpoint: signed }, 'checkpoint');
  const file = keptFile((JSON.parse(record.text) as CheckpointText).log);
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    fs.appendFileSync(file, `${JSON.stringify(signed)}\n`, { mode: 0o600, flush: true });
  } catch (error) {
    log.warn({ error: (error as Error).message }, 'the checkpoint could not be kept in BRAID_HOME');
  }
}

/** What BRAID_HOME keeps of this database's checkpoints: none where it was kept by another installation. */
export async function keptOf(lastSeq: bigint): Promise<{ signed: Signed; from: string }[]> {
  const last = lastSeq > 0n ? await checkpointBySeq(lastSeq.toString()) : undefined;
  if (!last) return [];
  const from = keptFile((JSON.parse(last.text) as CheckpointText).log);
  return fs.existsSync(from) ? readKept(from).map((signed) => ({ signed, from })) : [];
}

/** Checkpoints in a file: one as exported, many one a line, or lines of the process log. Throws `input.invalid` when there is none. */
export function readKept(file: string): Signed[] {
  let text: string;
  try {
    if (fs.statSync(file).size > MAX_FILE) throw new Error('it is larger than 64 MB');
    text = fs.readFileSync(file, 'utf8');
  } catch (error) {
    throw new BraidError('input.invalid', `${file} can't be read: ${(error as Error).message}`);
  }
  const found = [text, ...text.split('\n')].flatMap((part) => {
    const parsed = signedSchema.safeParse(checkpointIn(part));
    return parsed.success ? [parsed.data] : [];
  });
  if (found.length === 0) throw new BraidError('input.invalid', `${file} holds no checkpoint.`);
  return [...new Map(found.map((one) => [one.text, one])).values()];
}

function checkpointIn(text: string): unknown {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value = JSON.parse(text) as { checkpoint?: unknown };
    return value.checkpoint ?? value;
  } catch {
    return undefined;
  }
}
