import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { BraidError } from '@/lib/platform/errors';
import { unmarkEnded } from '@/lib/sessions/task/store';
import { type ReopenTask, reopenTaskSchema } from '@/lib/sessions/task-model';

/**
 * Takes back that a task is over: new sessions may name it from the next request. Sessions that were ended with it stay ended.
 * Throws `not_found` where it is not over.
 */
export async function reopenTask(ctx: Ctx, input: ReopenTask): Promise<{ taskId: string }> {
  authorise(ctx, 'identity.restore');
  const { issuer, taskId, reason } = reopenTaskSchema.parse(input);
  await transaction(async (tx) => {
    if (!(await unmarkEnded(tx, issuer, taskId)))
      throw new BraidError('not_found', 'No such task of this namespace is over.');
    await record(tx, ctx, {
      action: 'task.reopen',
      target: { type: 'task', id: taskId, name: taskId },
      reason,
      detail: { issuer },
    });
  });
  return { taskId };
}
