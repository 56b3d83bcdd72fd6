import type { Ctx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { changeResponse, lockResponse } from '@/lib/responses/store';

/** Who asked a day ago looked at another world: what nobody agreed to by then has to be asked for anew. */
export const LAPSE_MS = 24 * 3_600_000;

/** Ends what waited too long for a second operator. What was answered meanwhile stays answered. */
export async function lapse(ctx: Ctx, id: string): Promise<void> {
  await transaction(async (tx) => {
    if ((await lockResponse(tx, id))?.state !== 'proposed') return;
    const detail = 'nobody agreed within a day';
    await changeResponse(tx, id, { state: 'cancelled', detail, decidedAt: clock.now(), decidedBy: ctx.actor.name });
    await record(tx, ctx, { action: 'response.cancel', target: { type: 'response', id }, reason: detail });
    await hint(tx, 'response', [id]);
  });
}
