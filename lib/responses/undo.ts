import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx, Permission } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { NOTHING_DONE } from '@/lib/responses/agree';
import { endEnforcement } from '@/lib/responses/end-enforcement';
import { reasonedRefSchema, type Undone } from '@/lib/responses/model';
import { changeResponse, findResponse, keptClosed, type Stored } from '@/lib/responses/store';
import { bulk } from '@/lib/revocations/bulk';

/** What giving back takes, by what was done. */
const NEEDS: Record<string, Permission> = { pause: 'identity.pause', enforce: 'policy.manage' };
const BACK = { pause: 'resume', revoke: 'restore' } as const;

/**
 * Gives back what an act took, within its time: resumes what it paused, restores what it revoked, as far as the systems allow;
 * what they don't is told as rows left out; puts a policy set back into shadow. Ended sessions can't be given back: their clients may connect anew. Errors:
 * `not_found`, `conflict`.
 */
export async function undo(ctx: Ctx, input: z.input<typeof reasonedRefSchema>): Promise<Undone> {
  const { id, reason } = reasonedRefSchema.parse(input);
  const response = await findResponse(id);
  authorise(ctx, (response && NEEDS[response.kind]) ?? 'identity.restore');
  if (!response) throw new BraidError('not_found', 'There is no such response.');
  if (response.kind === 'enforce') return undoEnforcement(ctx, response, reason);
  const kind = BACK[response.kind as keyof typeof BACK];
  if (!kind) throw new BraidError('conflict', 'Sessions that ended stay ended: their clients may connect anew.');
  if (response.state !== 'done')
    throw new BraidError('conflict', `This is ${response.state}: there is nothing to undo.`);
  if (!response.undoUntil || response.undoUntil.getTime() < clock.ms())
    throw new BraidError(
      'conflict',
      'The time in which this could be undone is over: restore the identity on its page.',
    );
  const by = [response.askedBy, response.decidedBy].flatMap((name) => name?.slice(0, 200) ?? []);
  const identityIds = await keptClosed(response.revocationIds, by);
  if (identityIds.length === 0)
    throw new BraidError(
      'conflict',
      'Nothing could be undone: what it closed was opened since, or closed by somebody else.',
    );
  const result = await bulk(ctx, {
    kind,
    identityIds,
    reasonCode: 'wanted_again',
    reason: reason || `undoes what ${response.askedBy} did`,
  });
  if (result.eligible === 0)
    throw new BraidError('conflict', `Nothing could be undone: ${result.rows[0]?.why ?? 'it is open already'}.`);
  await transaction(async (tx) => {
    await changeResponse(tx, id, { state: 'undone', decidedAt: clock.now(), decidedBy: ctx.actor.name });
    await record(tx, ctx, {
      action: 'response.undo',
      target: { type: 'response', id },
      reason: reason || undefined,
      detail: { kind, revocationIds: result.revocationIds, skipped: result.skipped },
    });
    await hint(tx, 'response', [id]);
  });
  return result;
}

/** The set is in shadow again, where nobody changed it since. */
async function undoEnforcement(ctx: Ctx, response: Stored, reason: string): Promise<Undone> {
  if (response.undoUntil && response.undoUntil.getTime() < clock.ms())
    throw new BraidError(
      'conflict',
      'The time in which this could be undone is over: roll back or retire the set on its page.',
    );
  await endEnforcement(ctx, { id: response.id, reason: reason || `undoes what ${response.askedBy} did` });
  return { kind: 'enforce', ...NOTHING_DONE, actionId: response.id };
}
