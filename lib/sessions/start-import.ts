import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeReadable } from 'node:stream/web';
import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { enqueue } from '@/lib/jobs/enqueue';
import { env } from '@/lib/platform/env';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { keptFormat } from '@/lib/sessions/find-kept';
import { IMPORT_ATTEMPTS, IMPORT_JOB, type StartImport, startImportSchema } from '@/lib/sessions/import-model';
import { insertImport } from '@/lib/sessions/imports/store';
import { chooseFormat } from '@/lib/sessions/sniff';

/** Where an uploaded log waits for its job. */
export const uploadPath = (id: string): string => path.join(env().BRAID_HOME, 'imports', z.uuid().parse(id));

/**
 * Takes in an uploaded log and starts its import as a job. The file goes to disk as it comes and is deleted when the job is
 * done. Throws `import.unreadable` when it is empty, looks like no known log or names no mapping, `input.too_large` from the stream.
 */
export async function startImport(
  ctx: Ctx,
  { file, ...input }: StartImport & { file: ReadableStream<Uint8Array> },
): Promise<{ importId: string }> {
  authorise(ctx, 'import.run');
  const { format: asked, mapping, name } = startImportSchema.parse(input);
  const kept = await keptFormat(asked === 'auto' ? undefined : asked, mapping);
  const id = newId();
  const at = uploadPath(id);
  await mkdir(path.dirname(at), { recursive: true, mode: 0o700 });
  try {
    await pipeline(
      Readable.fromWeb(file as unknown as NodeReadable),
      createWriteStream(at, { flags: 'wx', mode: 0o600 }),
    );
    const { size } = await stat(at);
    if (size === 0) throw new BraidError('import.unreadable', `${name} is empty.`);
    const format = kept
      ? `generic ${kept}`
      : (await chooseFormat(asked, [{ path: at, bytes: size, named: true }])).name;
    await transaction(async (tx) => {
      await insertImport(tx, {
        id,
        format,
        name,
        progress: { file: name, bytesDone: 0, bytesTotal: size, events: 0 },
        actorName: ctx.actor.name,
      });
      await enqueue(
        tx,
        IMPORT_JOB,
        { importId: id },
        { key: `import:${id}`, maxAttempts: IMPORT_ATTEMPTS + 1, queue: 'imports' },
      );
      await record(tx, ctx, {
        action: 'import.start',
        target: { type: 'import', id, name },
        detail: { format, bytes: size },
      });
      await hint(tx, 'import', [id]);
    });
  } catch (error) {
    await rm(at, { force: true });
    throw error;
  }
  return { importId: id };
}
