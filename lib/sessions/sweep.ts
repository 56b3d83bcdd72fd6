import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { endSilent } from '@/lib/sessions/live/store';

const BATCH = 5_000;
const MOST_BATCHES = 100;

/** Ends derived and declared sessions that have been silent for longer than they live. An observation, not a mutation by anybody. */
export async function sweep(ctx: Ctx): Promise<{ ended: number }> {
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
  return { ended };
}
