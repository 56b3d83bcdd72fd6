import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { mappedFormat } from '@/lib/connectors/formats';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { scanSessions } from '@/lib/findings/scan-sessions';
import { findFormat } from '@/lib/mappings/read-by';
import { clock } from '@/lib/platform/clock';
import type { ImportProgress, ImportResult, LogFormat } from '@/lib/sessions/import-model';
import { ingest } from '@/lib/sessions/ingest';
import { listFiles, type SourceFile } from '@/lib/sessions/list-files';
import type { SessionEventInput } from '@/lib/sessions/model';
import { readEvent } from '@/lib/sessions/read-event';
import { readSource } from '@/lib/sessions/read-source';
import { chooseFormat, sniff } from '@/lib/sessions/sniff';

/** Events stored in one transaction: few enough to hold, enough for most of what opens in it to close in it. */
const BATCH = 20_000;
const REJECTED_MOST = 100;
const SCAN_MOST = 10_000;

const inputSchema = z.object({
  /** Absent or `auto`: each file tells. */
  format: z.string().max(40).optional(),
  paths: z.array(z.string().min(1).max(4096)).min(1).max(1000),
  /** With format `generic`: the mapping's text, YAML or JSON. */
  mapping: z.string().max(100_000).optional(),
  /** Instead of its text: a kept one, as `name@version`. */
  kept: z.string().max(60).optional(),
  /** What is named in refused lines and in the audit, where it is not the path (an uploaded file). */
  name: z.string().max(300).optional(),
});
export type ImportInput = z.input<typeof inputSchema> & {
  onProgress?: (progress: ImportProgress) => void;
  /** Aborted: throws before the next batch. What went in stays in, and adds nothing when the log is read again. */
  signal?: AbortSignal;
};

/**
 * Reads log files into sessions: files → records → `<vendor>/normalise` → `ingest` → detectors. A record that can't be read
 * is refused with file, line and reason; the rest goes in; what was imported before adds nothing. Files without a byte hold
 * nothing, whatever they are read as: a log that was just rotated. Throws `import.unreadable` where there is no file or no
 * such format.
 */
export async function importSource(ctx: Ctx, input: ImportInput): Promise<ImportResult> {
  authorise(ctx, 'import.run');
  const { onProgress, signal, ...given } = input;
  const { format: name, paths, mapping, kept, name: shownAs } = inputSchema.parse(given);
  const startedMs = clock.ms();
  const files = await listFiles(paths);
  const full = files.filter((file) => file.bytes > 0);
  const own = kept ? await findFormat(kept) : mapping === undefined ? null : mappedFormat(mapping);
  const format = own ?? (await chooseFormat(name, full));
  const each = own === null && (name === undefined || name === 'auto');
  const tally = newTally(each && full.length === 0 ? 'auto' : format.name);
  tally.files = files.length - full.length;
  if (tally.files > 0) tally.empty = tally.files;
  const batches = readAll(full, format, tally, { each, onProgress, shownAs, signal });
  const stored = await ingest(batches);
  const raised = await scanSessions(ctx, { identityIds: stored.identityIds.slice(0, SCAN_MOST) });
  const { seen, ...counted } = tally;
  const result: ImportResult = {
    ...counted,
    ...(seen.from ? { from: seen.from, to: seen.to, sources: [...seen.sources].slice(0, 40) } : {}),
    events: stored.events,
    duplicates: stored.duplicates,
    identities: stored.acting.length,
    sessions: stored.sessions,
    findings: raised.raised,
    seconds: Math.round(clock.ms() - startedMs) / 1000,
  };
  await transaction(async (tx) => {
    const { rejected, ...counts } = result;
    const target = shownAs ?? paths.join(', ').slice(0, 300);
    await record(tx, ctx, {
      action: 'import.run',
      target: { type: 'import', id: target, name: target },
      detail: { ...counts, firstRejected: rejected[0] ?? null },
    });
    await hint(tx, 'import');
  });
  return result;
}

type Tally = Pick<ImportResult, 'format' | 'files' | 'lines' | 'skipped' | 'rejected' | 'rejectedTotal' | 'empty'> & {
  seen: { from: string; to: string; sources: Set<string> };
};

const newTally = (format: string): Tally => ({
  format,
  files: 0,
  lines: 0,
  skipped: 0,
  rejected: [],
  rejectedTotal: 0,
  seen: { from: '', to: '', sources: new Set() },
});

function see({ seen }: Tally, { at, source }: SessionEventInput): void {
  if (seen.from === '' || at < seen.from) seen.from = at;
  if (at > seen.to) seen.to = at;
  seen.sources.add(source);
}

function refuse(tally: Tally, file: string, line: number, reason: string): void {
  tally.rejectedTotal += 1;
  if (tally.rejected.length < REJECTED_MOST) tally.rejected.push({ file, line, reason });
}

interface Reading {
  /** Each file tells its own format, and only one that tells none is read as the first. */
  each: boolean;
  onProgress?: (progress: ImportProgress) => void;
  shownAs?: string;
  signal?: AbortSignal;
}

async function* readAll(
  files: SourceFile[],
  first: LogFormat,
  tally: Tally,
  { each, onProgress, shownAs, signal }: Reading,
): AsyncGenerator<SessionEventInput[]> {
  const bytesTotal = files.reduce((sum, file) => sum + file.bytes, 0);
  let bytesDone = 0;
  let events = 0;
  let batch: SessionEventInput[] = [];
  for (const file of files) {
    const shown = shownAs ?? file.path;
    const told = await sniff(file.path);
    const format = each && told ? told : first;
    const looksRight = told === format;
    if (!looksRight && !file.named) {
      const like = each ? 'any log Braid can read' : format.title;
      refuse(tally, shown, 1, `does not look like ${like}: left out`);
      bytesDone += file.bytes;
      continue;
    }
    tally.files += 1;
    if (!tally.format.split(', ').includes(format.name)) tally.format = `${tally.format}, ${format.name}`;
    const before = tally.lines;
    for await (const records of readSource(file.path, format, (bytes) => {
      bytesDone += bytes;
    })) {
      for (const raw of records) {
        tally.lines += 1;
        const read =
          'reason' in raw
            ? ({ kind: 'rejected', reason: raw.reason } as const)
            : readEvent(format, raw.record, clock.ms());
        if (read.kind === 'rejected') refuse(tally, shown, raw.line, read.reason);
        else if (read.kind === 'skipped') tally.skipped += 1;
        else {
          batch.push(read.event);
          see(tally, read.event);
        }
        if (batch.length < BATCH) continue;
        events += batch.length;
        yield batch;
        signal?.throwIfAborted();
        batch = [];
        onProgress?.({ file: shown, bytesDone, bytesTotal, events });
      }
    }
    if (tally.lines === before && !looksRight) refuse(tally, shown, 1, 'holds no record that can be read');
    onProgress?.({ file: shown, bytesDone, bytesTotal, events: events + batch.length });
  }
  yield batch;
}
