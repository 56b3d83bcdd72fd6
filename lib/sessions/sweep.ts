import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { hint } from '@/lib/db/hint';
import { type Tx, transaction } from '@/lib/db/transaction';
import { clock } from '@/lib/platform/clock';
import { endSilent, markDark, markIdle, markUnconfirmed } from '@/lib/sessions/live/store';
import { UNCONFIRMED_MS } from '@/lib/sessions/validity-state';

const BATCH = 5_000;
const MOST_BATCHES = 100;
/** A session of which nothing has been seen for so long is idle, ms. */
const IDLE_MS = 300_000;
/** A busy session of an identity that nothing tells of for so long is dark, ms. */
const DARK_MS = 900_000;

/**
 * Ends derived and declared sessions that have been silent for longer than they live, and marks those as idle that have been
 * silent for five minutes, as stale those their system has not confirmed for a minute, and as dark those that are busy for a
 * quarter of an hour and of which neither a log nor a decision tells. An observation, not a mutation by anybody.
 */
export async function sweep(ctx: Ctx): Promise<{ ended: number; stale: number; idle: number; dark: number }> {
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
  const idle = await changed((tx) => markIdle(tx, new Date(clock.ms() - IDLE_MS), BATCH));
  const dark = await changed((tx) => markDark(tx, new Date(clock.ms() - DARK_MS)));
  return { ended, stale, idle, dark };
}

/** Marks some, and tells whoever watches them. */
const changed = (mark: (tx: Tx) => Promise<{ id: string; identity_id: string }[]>): Promise<number> =>
  transaction(async (tx) => {
    const rows = await mark(tx);
    if (rows.length > 0) {
      await hint(
        tx,
        'session',
        rows.map((row) => row.id),
      );
    }
    return rows.length;
  });
