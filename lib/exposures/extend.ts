import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { keepUntil, whoseHold } from '@/lib/exposures/holds/store';
import { type Extend, extendSchema, type HoldRow } from '@/lib/exposures/model';
import { withHold } from '@/lib/exposures/with-hold';
import { BraidError } from '@/lib/platform/errors';

/**
 * Keeps a hold of work that goes on: it expires as long from now as it was first made for, so that a lease can be short and a
 * job long. Who was shut out keeps nothing: the identity has to be active and the session live. Throws `not_found`,
 * `hold.closed`, `conflict`.
 */
export async function extend(ctx: Ctx, input: Extend): Promise<HoldRow> {
  authorise(ctx, 'decision.ask');
  const { holdId } = extendSchema.parse(input);
  const { firstSecs, whyNot } = await whoseHold(holdId);
  if (whyNot) throw new BraidError('conflict', whyNot);
  return withHold(
    ctx,
    holdId,
    null,
    (hold, states, writes) => {
      hold.expiresMs = Math.max(hold.expiresMs, writes.nowMs + (firstSecs ?? 0) * 1000);
      for (const { exposureId } of hold.lines) {
        const state = states.get(exposureId)!;
        const line = state.lines.get(hold.id);
        if (line) line.expiresMs = hold.expiresMs;
        state.dirty = true;
        state.relined = true;
      }
    },
    { also: (client, hold) => keepUntil(client, hold, firstSecs ?? 0) },
  );
}
