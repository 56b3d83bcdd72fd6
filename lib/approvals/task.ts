import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { missing } from '@/lib/approvals/approve';
import { dbNow, findRequest, type Stored } from '@/lib/approvals/store';

/** A request as the profile shows it to its caller: nothing of approvers, nothing of policies. */
export interface Task {
  task: Record<string, unknown>;
  result?: Record<string, unknown>;
}

/** The task a caller's request is. Another namespace's is not found. Throws `not_found`. */
export async function task(ctx: Ctx, input: { id: string; base: string }): Promise<Task> {
  authorise(ctx, 'decision.ask');
  const found = await findRequest(input.id);
  const issuer = ctx.actor.kind === 'token' ? ctx.actor.issuer : 'default';
  if (!found || found.issuer !== issuer) throw missing();
  return taskOf(found, await dbNow(), input.base);
}

/** `base`: where this decision point is reached. */
export function taskOf(request: Stored, nowMs: number, base: string): Task {
  const over = request.state === 'pending' && request.expiresAt.getTime() <= nowMs;
  const status = over ? 'expired' : request.state;
  const at = `${base}/access/v1/requests/${request.id}`;
  return {
    task: {
      id: request.id,
      status,
      status_endpoint: at,
      expires_at: (request.approvedUntil ?? request.expiresAt).toISOString(),
      ...(status === 'pending' ? { links: { cancel: `${at}/cancel` }, display: { title: 'Waits for approval' } } : {}),
    },
    ...(status === 'approved'
      ? {
          result: {
            mode: 'reevaluate',
            approval: {
              id: request.approvalId,
              approved_at: request.answeredAt!.toISOString(),
              approved_until: request.approvedUntil!.toISOString(),
            },
          },
        }
      : {}),
  };
}
