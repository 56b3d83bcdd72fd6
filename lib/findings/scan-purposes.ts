import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { transaction } from '@/lib/db/transaction';
import { detectPurposeOver } from '@/lib/findings/detect-purpose-over';
import { type Raised, raise } from '@/lib/findings/raise';
import { readPurposesOver } from '@/lib/findings/scan/purposes/store';
import { enqueueMany } from '@/lib/jobs/enqueue';
import { clock } from '@/lib/platform/clock';

/**
 * When the time has passed until which an identity is needed: its live sessions are asked about again, and it is raised, so
 * that rules can act on it; again with each session that opens later (requirements E19, E23). Safe to run again.
 */
export async function scanPurposes(ctx: Ctx): Promise<Raised> {
  authorise(ctx, 'console.read');
  const now = clock.now();
  return transaction(async (tx) => {
    const over = await readPurposesOver(tx, now);
    if (over.length === 0) return { raised: 0, reopened: 0, updated: 0, ids: [] };
    await enqueueMany(
      tx,
      'reevaluate-sessions',
      over.map(({ identityId }) => ({
        key: `reevaluate:identity:${identityId}`,
        payload: { identityIds: [identityId], because: 'identity' },
      })),
    );
    return raise(
      tx,
      ctx,
      over.map((one) => detectPurposeOver(one, now.toISOString())),
    );
  });
}
