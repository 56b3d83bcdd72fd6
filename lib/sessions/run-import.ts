import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { systemCtx } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError, toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';
import { importSource } from '@/lib/sessions/import';
import { IMPORT_ATTEMPTS, type ImportProgress } from '@/lib/sessions/import-model';
import { changeImport, findImport } from '@/lib/sessions/imports/store';
import { uploadPath } from '@/lib/sessions/start-import';

const inputSchema = z.strictObject({ importId: z.uuid() });
const PROGRESS_MS = 500;

interface Run {
  /** Which run of it this is, from 1. */
  attempts?: number;
  /** Aborted: throws after the batch in hand, and the import goes on with its next run. */
  signal?: AbortSignal;
}

/** Runs one uploaded import: progress into its row twice a second at most, then its result or what went wrong. */
export async function runImport(input: z.input<typeof inputSchema>, { attempts = 1, signal }: Run = {}): Promise<void> {
  const { importId: id } = inputSchema.parse(input);
  const row = await findImport(id);
  if (row?.state !== 'running') return; // a job may run twice
  const save = (data: Parameters<typeof changeImport>[2]) =>
    transaction(async (tx) => {
      await changeImport(tx, id, data);
      await hint(tx, 'import', [id]);
    });
  let toldMs = 0;
  let telling: Promise<unknown> = Promise.resolve();
  const onProgress = (progress: ImportProgress) => {
    if (clock.ms() - toldMs < PROGRESS_MS) return;
    toldMs = clock.ms();
    telling = telling
      .then(() => save({ progress: { ...progress } }))
      .catch((err) => log.warn({ err, id }, 'progress of an import was not written'));
  };
  try {
    if (attempts > IMPORT_ATTEMPTS)
      throw new BraidError('import.unreadable', `It was interrupted ${IMPORT_ATTEMPTS} times and is not tried again.`);
    const result = await importSource(systemCtx(`import for ${row.actorName}`), {
      ...(row.format.startsWith('generic ') ? { kept: row.format.slice('generic '.length) } : { format: row.format }),
      paths: [uploadPath(id)],
      name: row.name,
      onProgress,
      signal,
    });
    await telling;
    await save({ state: 'done', result, finishedAt: clock.now() });
  } catch (error) {
    await telling;
    if (signal?.aborted) throw error;
    const known = toBraidError(error);
    if (known.code === 'internal') log.error({ err: error, id }, 'an import failed');
    await save({ state: 'failed', error: known.publicMessage.slice(0, 1000), finishedAt: clock.now() });
  }
  await rm(uploadPath(id), { force: true });
}
