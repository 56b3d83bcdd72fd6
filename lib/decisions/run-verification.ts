import { systemCtx } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { verify } from '@/lib/decisions/verify';
import type { Progress } from '@/lib/decisions/verify/model';
import { runById, updateRun } from '@/lib/decisions/verify/runs/store';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { log } from '@/lib/platform/log';

const TELL_MS = 1_000;

const told = () => transaction((tx) => hint(tx, 'audit', []));

/** Does a run that was asked for, tells how far it is, and stores what it found. A broken log is also said in the process log. */
export async function runVerification(id: string, options: { signal?: AbortSignal } = {}): Promise<void> {
  const run = await runById(id);
  if (run?.state !== 'running') return;
  let toldMs = 0;
  const onProgress = (progress: Progress) => {
    if (clock.ms() - toldMs < TELL_MS) return;
    toldMs = clock.ms();
    void updateRun(id, { progress }).then(told, () => undefined);
  };
  try {
    const result = await verify(systemCtx('proof'), { onProgress, signal: options.signal });
    if (!result.ok)
      log.error({ problems: result.problems.slice(0, 5), total: result.problemsTotal }, 'the log is broken');
    await updateRun(id, { state: result.ok ? 'ok' : 'broken', finishedAt: clock.now(), result });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    log.error({ err: error }, 'the proof of the log could not be finished');
    const progress = { error: toBraidError(error).publicMessage };
    await updateRun(id, { state: 'failed', finishedAt: clock.now(), progress });
  }
  await told();
}
