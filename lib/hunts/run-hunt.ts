import { z } from 'zod';
import { systemCtx } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { hunt } from '@/lib/hunts/hunt';
import { changeHunt, readHunt } from '@/lib/hunts/store';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

const inputSchema = z.strictObject({ huntId: z.uuid() });
const PROGRESS_MS = 1_000;

/** Runs a hunt that was asked for: how far it is and what it found go into its row once a second. Ends when somebody stops it. */
export async function runHunt(payload: unknown, signal: AbortSignal): Promise<void> {
  const { huntId: id } = inputSchema.parse(payload);
  const row = await readHunt(id);
  if (row?.state !== 'running') return; // a job may run twice
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  const save = (change: Parameters<typeof changeHunt>[2]) =>
    transaction(async (tx) => {
      await changeHunt(tx, id, change);
      await hint(tx, 'hunt', [id]);
    });
  let toldMs = 0;
  try {
    const { detectors, from, to, raises, identityId } = row;
    const input = { detectors: detectors as never[], from, to, raises, ...(identityId ? { identityId } : {}) };
    const result = await hunt(systemCtx(`hunt for ${row.actorName}`), input, {
      signal: either,
      onProgress: async (progress, found) => {
        if (clock.ms() - toldMs < PROGRESS_MS) return;
        toldMs = clock.ms();
        await save({ progress, found });
        if ((await readHunt(id))?.state !== 'running') stopped.abort();
      },
    });
    await save({ progress: result.progress, found: result.found, state: 'done', finishedAt: clock.now() });
  } catch (error) {
    if (stopped.signal.aborted) return;
    if (signal.aborted) throw error; // run again by the next worker
    const known = toBraidError(error);
    if (known.code === 'internal') log.error({ err: error, id }, 'a hunt failed');
    await save({ state: 'failed', error: known.publicMessage.slice(0, 1000), finishedAt: clock.now() });
  }
}
