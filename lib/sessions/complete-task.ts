import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { request } from '@/lib/revocations/request';
import { liveOfTask, markEnded } from '@/lib/sessions/task/store';

export const completeTaskSchema = z.strictObject({
  taskId: z.string().min(1).max(512),
  reason: z.string().trim().max(2000).optional(),
});
export type CompleteTaskInput = z.input<typeof completeTaskSchema>;

export interface CompletedTask {
  taskId: string;
  /** Sessions that are being ended with it. */
  sessions: number;
  revocationIds: string[];
  /** false: it had been declared over before. */
  created: boolean;
}

const AT_ONCE = 200;

/**
 * Declares a task over: sessions that name it are denied from the next request, and its live ones are ended everywhere.
 * Task ids are the caller's own: they are read in the namespace (issuer) of its token. Asked again it ends what has begun
 * since. Errors: `access.denied`, `input.invalid`.
 */
export async function completeTask(ctx: Ctx, input: CompleteTaskInput): Promise<CompletedTask> {
  authorise(ctx, 'decision.ask');
  const { taskId, reason } = completeTaskSchema.parse(input);
  const issuer = ctx.actor.kind === 'token' ? ctx.actor.issuer : 'default';
  const created = await transaction(async (tx) => {
    const first = await markEnded(tx, { issuer, id: taskId, at: clock.now(), by: ctx.actor.name, reason });
    if (first)
      await record(tx, ctx, {
        action: 'task.complete',
        target: { type: 'task', id: taskId, name: taskId },
        reason,
        detail: { issuer },
      });
    return first;
  });
  const revocationIds: string[] = [];
  const live = await liveOfTask(issuer, taskId);
  const words = `Task ${taskId} is complete${reason ? `: ${reason}` : ''}`.slice(0, 2000);
  const policy: Ctx = { ...ctx, actor: { kind: 'policy', name: `task:${taskId}`.slice(0, 200) } };
  for (let from = 0; from < live.length; from += AT_ONCE) {
    const sessionIds = live.slice(from, from + AT_ONCE);
    const ended = await end(policy, sessionIds, words);
    revocationIds.push(...ended);
  }
  return { taskId, sessions: live.length, revocationIds, created };
}

/** Those that ended meanwhile, or that Braid never ends, are refused all the same: their task is over. */
async function end(ctx: Ctx, sessionIds: string[], reason: string): Promise<string[]> {
  try {
    return (await request(ctx, { kind: 'terminate', sessionIds, reasonCode: 'no_longer_needed', reason }))
      .revocationIds;
  } catch (error) {
    if (error instanceof BraidError && ['conflict', 'not_found', 'connector.protected'].includes(error.code)) return [];
    throw error;
  }
}
