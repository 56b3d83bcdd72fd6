import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { newId } from '@/lib/platform/ids';
import { mayAgreeWith, NOBODY_ELSE } from '@/lib/responses/agreeing';
import { LAPSE_MS } from '@/lib/responses/lapse';
import { insertResponse, oneAtATime, proposedAlike } from '@/lib/responses/store';
import { tellProposed } from '@/lib/responses/tell';
import { assess } from '@/lib/revocations/assess';
import { type BulkInput, bulkInputSchema } from '@/lib/revocations/bulk-model';
import { KIND_PERMISSION, REASON_CODES } from '@/lib/revocations/model';

/**
 * Asks a second operator for what reaches further than one may go alone: nothing happens until another one agrees. The same
 * asked for once more answers the one that waits. Errors:
 * `conflict` where nothing of it could be done, `input.invalid` for what opens access again, which needs nobody.
 */
export async function propose(
  ctx: Ctx,
  input: BulkInput,
): Promise<{ id: string; mayAgree: number; warning: string | null }> {
  authorise(ctx, KIND_PERMISSION[input.kind]);
  const given = bulkInputSchema.parse({ ...input, dryRun: false });
  const { kind } = given;
  if (kind === 'resume' || kind === 'restore')
    throw new BraidError('input.invalid', 'Opening access again needs no second operator.');
  const { rows, radius } = await assess(given);
  const taken = rows.filter((row) => row.eligible);
  const [first] = taken;
  if (!first) throw new BraidError('conflict', `Nothing of it can be done: ${rows[0]?.why ?? 'it is over already'}.`);
  const id = newId();
  const why = given.reason || REASON_CODES[given.reasonCode];
  const { actor } = ctx;
  const ids = given.kind === 'terminate' ? given.sessionIds : given.identityIds;
  const of = given.kind === 'terminate' ? 'sessionIds' : 'identityIds';
  const alike = await transaction(async (tx) => {
    await oneAtATime(tx);
    const since = new Date(clock.ms() - LAPSE_MS);
    const by = { id: 'id' in actor ? actor.id : null, name: actor.name };
    const known = await proposedAlike(tx, by, { kind, of, ids, since });
    if (known) return known;
    await insertResponse(tx, {
      id,
      origin: 'operator',
      identityId: first.identityId!,
      kind,
      input: given,
      radius,
      state: 'proposed',
      reason: why,
      askedAt: clock.now(),
      askedById: 'id' in actor ? actor.id : null,
      askedBy: actor.name,
    });
    await record(tx, ctx, {
      action: 'response.propose',
      target: { type: 'response', id, name: `${kind} of ${taken.length}` },
      reason: why,
      detail: { kind, radius, ids: taken.map((row) => row.id) },
    });
    await tellProposed(tx, {
      id,
      identityId: first.identityId!,
      identityName: taken.length === 1 ? first.identityName : `${taken.length} rows`,
      kind,
      by: actor.name,
      why: `${why}. It reaches ${radius.identities} identities, ${radius.sessions} live sessions, ${radius.systems} systems.`,
    });
    await hint(tx, 'response', [id]);
    return null;
  });
  const mayAgree = await mayAgreeWith(actor);
  const nobody = mayAgree > 0 ? null : NOBODY_ELSE;
  if (!alike) return { id, mayAgree, warning: nobody };
  const asked = 'You have asked for this already: it waits for a second operator, and was not asked for twice.';
  return { id: alike.id, mayAgree, warning: nobody ? `${asked} ${nobody}` : asked };
}
