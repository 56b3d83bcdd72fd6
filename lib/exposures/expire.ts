import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { systemCtx } from '@/lib/access/model';
import * as store from '@/lib/exposures/store';
import { withHold } from '@/lib/exposures/with-hold';
import { BraidError } from '@/lib/platform/errors';

const AT_ONCE = 500;

/** Ends holds whose time is over and forgets idempotency keys older than 24 h. For a job every few seconds; decisions do it for what they touch. */
export async function expire(ctx: Ctx): Promise<{ expired: number; keys: number }> {
  authorise(ctx, 'decision.ask');
  const due = await store.dueHolds(AT_ONCE);
  let expired = 0;
  for (const id of due) {
    try {
      let ended = true;
      const already = () => {
        ended = false; // a decision has expired it meanwhile
      };
      await withHold(systemCtx('expire'), id, 'expired', () => undefined, { again: already });
      if (ended) expired += 1;
    } catch (error) {
      if (!(error instanceof BraidError) || !['hold.closed', 'not_found'].includes(error.code)) throw error;
    }
  }
  return { expired, keys: await store.forgetKeys() };
}
