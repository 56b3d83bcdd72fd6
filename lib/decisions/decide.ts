import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { batch } from '@/lib/decisions/batch';
import { denyInTheDark } from '@/lib/decisions/deny-in-the-dark';
import { parse } from '@/lib/decisions/parse';
import type { Answer, Decided, Job, Outcome } from '@/lib/decisions/request-model';
import { BraidError } from '@/lib/platform/errors';

/**
 * Decides one AuthZEN evaluation on shared state. The journey of a decision:
 *  1. who may ask            authorise
 *  2. what is asked          parse
 *  3. the batch closes       batch, and in ONE transaction of exposures/reserve:
 *  4. who and which session  prepare
 *  5. lock, then read        lockAndRead → sets, identities, sessions, windows and holds as of one instant
 *  6. judge                  policies/evaluate, together and alone
 *  7. write, commit          decisions, ledger, exposures, holds, sessions, chain
 *  8. answer
 * Throws `input.invalid`, `idempotency.mismatch`, `access.rate_limited`, and `state_unavailable` only when it is unknown
 * whether the commit happened or the denial can't be kept; state that can't be reached is answered with a deny.
 */
export async function decide(ctx: Ctx, body: unknown, arrivedMs: number = performance.now()): Promise<Answer> {
  return JSON.parse((await decideOne(ctx, body, arrivedMs)).text) as Answer;
}

/** The same with the answer as it is sent. `sure` false: the caller could not be recognised anew, so it is denied. */
export async function decideOne(ctx: Ctx, body: unknown, arrivedMs: number, sure = true): Promise<Decided> {
  authorise(ctx, 'decision.ask');
  const item = parse(ctx.actor, body, { requestId: ctx.requestId, arrivedMs });
  const [outcome] = await (sure ? decideJob : denyInTheDark)({ items: [item], semantic: 'execute_all' });
  if (outcome!.kind === 'conflict')
    throw new BraidError('idempotency.mismatch', 'This idempotency key was used with another body.');
  return outcome!;
}

/** Decides the items of a job in order. When nothing could be committed, each is denied with `state_unavailable` and spooled. */
export async function decideJob(job: Job): Promise<Outcome[]> {
  try {
    return await batch(job);
  } catch (error) {
    if (!(error instanceof BraidError) || error.code !== 'state_unavailable') throw error;
    if ((error.detail as { committed?: string } | undefined)?.committed === 'unknown') throw error;
    return denyInTheDark(job);
  }
}
