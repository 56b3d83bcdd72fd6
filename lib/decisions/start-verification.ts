import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { insertRun, openRun } from '@/lib/decisions/verify/runs/store';
import { enqueue } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

/** A run that has not ended after this long is not waited for, ms. */
const STALE_MS = 6 * 3_600_000;

/** Has the log proven by the batch worker. One that runs already is answered instead of a second. */
export async function startVerification(ctx: Ctx): Promise<{ id: string; started: boolean }> {
  authorise(ctx, 'report.take');
  const running = await openRun();
  if (running && clock.ms() - running.startedAt.getTime() < STALE_MS) return { id: running.id, started: false };
  const id = newId();
  await transaction(async (tx) => {
    const { kind, name } = ctx.actor;
    await insertRun(tx, { id, state: 'running', actorKind: kind, actorName: name, startedAt: clock.now() });
    if (kind !== 'system') await record(tx, ctx, { action: 'audit.verify', target: { type: 'verification', id } });
    await enqueue(tx, 'verify-log', { id }, { key: 'verify-log', queue: 'verify-log', maxAttempts: 3 });
    await hint(tx, 'audit', []);
  });
  return { id, started: true };
}
