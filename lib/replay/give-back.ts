import { authorise } from '@/lib/access/authorise';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { record } from '@/lib/audit/record';
import { transaction } from '@/lib/db/transaction';
import { release } from '@/lib/exposures/release';
import { BraidError } from '@/lib/platform/errors';
import { heldBy } from '@/lib/replay/minimum/store';

/**
 * Gives back what ended sessions hold: their open holds are released, so that what they will never settle stands in nobody's
 * way. What they had settled stays. Answers how many holds it released. Throws `access.denied`.
 */
export async function giveBack(ctx: Ctx, { sessionIds }: { sessionIds: string[] }): Promise<{ released: number }> {
  authorise(ctx, 'session.terminate');
  const holds = await heldBy(sessionIds);
  if (!holds.length) return { released: 0 };
  await transaction((tx) =>
    record(tx, ctx, {
      action: 'hold.release',
      target: { type: 'session', id: sessionIds[0]!, name: `${sessionIds.length} ended sessions` },
      reason: 'Their sessions were ended',
      detail: { holds: holds.map((one) => one.id), sessions: sessionIds },
    }),
  );
  let released = 0;
  for (const { id } of holds) {
    try {
      await release(systemCtx('end sessions'), { holdId: id });
      released += 1;
    } catch (error) {
      // Settled, or over, since it was looked up: then there is nothing to give back.
      if (!(error instanceof BraidError) || error.code !== 'hold.closed') throw error;
    }
  }
  return { released };
}
