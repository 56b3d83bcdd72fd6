import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { endSilent, markUnconfirmed } from '@/lib/sessions/live/store';
import { UNCONFIRMED_MS } from '@/lib/sessions/validity-state';

const BATCH = 5_000;
const MOST_BATCHES = 100;

/**
 * Ends derived and declared sessions that have been silent for longer than they live, and marks those as stale that their
 * system has not confirmed for a minute. An observation, not a mutation by anybody.
 */
export async function sweep(ctx: Ctx): Promise<{ ended: number; stale: number }> {
  authorise(ctx, 'event.ingest');
  let ended = 0;
  for (let batch = 0; batch < MOST_BATCHES; batch++) {
    const gone = await transaction(async (tx) => {
      const rows = await endSilent(tx, clock.now(), BATCH);
      if (rows.length > 0) {
        await hint(
          tx,
          'session',
          rows.map((row) => row.id),
        );
        await hint(tx, 'identity', [...new Set(rows.map((row) => row.identity_id))]);
      }
      return rows.length;
    });
    ended += gone;
    if (gone < BATCH) break;
  }
  const stale = await transaction(async (tx) => {
    const marked = await markUnconfirmed(tx, new Date(clock.ms() - UNCONFIRMED_MS));
    if (marked > 0) await hint(tx, 'session');
    return marked;
  });
  return { ended, stale };
}
