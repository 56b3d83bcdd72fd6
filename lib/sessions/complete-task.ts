import { authorise } from '@/lib/access/authorise';
import { type Ctx, may } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { ALL_MOST, endAll } from '@/lib/revocations/end-all';
import { liveOfTask, markEnded, spokeFor, taskOfSession } from '@/lib/sessions/task/store';
import {
  type CompletedTask,
  type CompleteTaskInput,
  type CompleteTaskOf,
  completeTaskOfSchema,
  completeTaskSchema,
} from '@/lib/sessions/task-model';

/**
 * Declares a task over: sessions that name it are denied from the next request, and its live ones are ended everywhere; one that
 * can't be ended keeps no other. Task ids are the caller's own: they are read in the namespace (issuer) of its token, and only
 * who was allowed something in a session of the task, or may end sessions, declares it over. Asked again it ends what has begun
 * since. Errors: `access.denied`, `input.invalid`.
 */
export async function completeTask(ctx: Ctx, input: CompleteTaskInput): Promise<CompletedTask> {
  const { actor } = ctx;
  const ends = may(actor, 'session.terminate');
  if (!ends) authorise(ctx, 'decision.ask');
  const { taskId, reason } = completeTaskSchema.parse(input);
  const issuer = actor.kind === 'token' ? actor.issuer : 'default';
  if (!ends && !(actor.kind === 'token' && (await spokeFor(actor.id, issuer, taskId))))
    throw new BraidError(
      'access.denied',
      'This token was allowed nothing in a session that names this task: who works on it declares it over, or a token with scope respond.',
    );
  return complete(ctx, issuer, taskId, reason);
}

/** The same by an operator, of the task a session names. Errors: `not_found` where it names none, `conflict` where several namespaces fit. */
export async function completeTaskOf(ctx: Ctx, input: CompleteTaskOf): Promise<CompletedTask> {
  authorise(ctx, 'session.terminate');
  const { id, reason } = completeTaskOfSchema.parse(input);
  const named = await taskOfSession(id);
  if (!named) throw new BraidError('not_found', 'This session names no task.');
  const [issuer, ...others] = named.issuers;
  if (others.length)
    throw new BraidError(
      'conflict',
      `Task ${named.task} may be of several namespaces (${named.issuers.join(', ')}): its caller has to declare it over.`.slice(
        0,
        500,
      ),
    );
  return complete(ctx, issuer!, named.task, reason);
}

async function complete(ctx: Ctx, issuer: string, taskId: string, reason: string | undefined): Promise<CompletedTask> {
  const created = await transaction(async (tx) => {
    const at = clock.now();
    const first = await markEnded(tx, { issuer, id: taskId, at, by: ctx.actor.name, reason });
    if (first)
      await record(tx, ctx, {
        action: 'task.complete',
        target: { type: 'task', id: taskId, name: taskId },
        reason,
        detail: { issuer, at: at.toISOString() },
      });
    return first;
  });
  const live = await liveOfTask(issuer, taskId, ALL_MOST);
  if (!live.ids.length) return { taskId, sessions: 0, revocationIds: [], left: 0, why: [], created };
  const words = `Task ${taskId} is complete${reason ? `: ${reason}` : ''}`.slice(0, 2000);
  const policy: Ctx = { ...ctx, actor: { kind: 'policy', name: `task:${taskId}`.slice(0, 200) } };
  const by = ctx.actor.kind === 'operator' ? ctx : policy;
  const more = { sessionIds: live.ids, left: live.total - live.ids.length };
  try {
    const done = await endAll(by, { ...more, reasonCode: 'no_longer_needed', reason: words });
    const left = done.left + done.skipped;
    return { taskId, sessions: done.eligible, revocationIds: done.revocationIds, left, why: done.why, created };
  } catch (error) {
    // The task is over all the same, and says what it could not end.
    if (!(error instanceof BraidError) || !['conflict', 'response.second_operator'].includes(error.code)) throw error;
    return {
      taskId,
      sessions: 0,
      revocationIds: [],
      left: live.total,
      why: [error.publicMessage.slice(0, 500)],
      created,
    };
  }
}
