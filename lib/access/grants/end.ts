import { authorise } from '@/lib/access/authorise';
import { type EndGrantInput, endGrantSchema, type GrantRow } from '@/lib/access/grants/model';
import { standingAt } from '@/lib/access/grants/state';
import { changeGrant, lockGrant } from '@/lib/access/grants/store';
import { targetOf } from '@/lib/access/grants/tell';
import { toRow } from '@/lib/access/grants/to-row';
import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/**
 * Gives one's own back, or takes back what one asked for; whoever manages operators ends anybody's, with a reason. Binds from
 * the next request on. Errors: `access.denied`, `not_found`, `input.invalid`, `conflict` where nothing is held any more.
 */
export async function end(ctx: Ctx, input: EndGrantInput): Promise<GrantRow> {
  authorise(ctx, 'console.read');
  const { id, reason } = endGrantSchema.parse(input);
  return transaction(async (tx) => {
    const grant = await lockGrant(tx, id);
    if (!grant) throw new BraidError('not_found', 'There is no such grant.');
    const { actor } = ctx;
    const own = actor.kind === 'operator' && actor.id === grant.operatorId;
    if (!own) authorise(ctx, 'operator.manage');
    const now = clock.now();
    const { state } = standingAt(grant, now);
    if (state !== 'live' && !(own && state === 'waiting'))
      throw new BraidError(
        'conflict',
        state === 'waiting' ? 'It is not granted: decline it.' : `It is ${state} already.`,
      );
    if (!own && reason.length < 3)
      throw new BraidError('input.invalid', 'Say why it ends before its time, in at least 3 characters.');
    const endedHow = state === 'waiting' ? 'withdrawn' : own ? 'given_back' : 'ended_early';
    const stored = await changeGrant(tx, id, {
      state: 'ended',
      endedAt: now,
      endedBy: actor.name,
      endedHow,
      endReason: reason || null,
    });
    const detail = { how: endedHow, until: grant.until?.toISOString() ?? null };
    await record(tx, ctx, { action: 'grant.end', target: targetOf(stored), reason: reason || undefined, detail });
    await hint(tx, 'grant', [id]);
    return toRow(stored, ctx, now);
  });
}
