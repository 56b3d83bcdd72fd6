import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { list as listCheckpoints } from '@/lib/decisions/checkpoint/list';
import { listVerifications } from '@/lib/decisions/list-verifications';
import { retention } from '@/lib/decisions/retention';
import type { LogStanding } from '@/lib/decisions/verify/standing-model';
import { unsealedCount } from '@/lib/decisions/verify/store';
import { sha256Hex } from '@/lib/platform/ids';
import { publicKey } from '@/lib/platform/signing';

/** How well the log stands, for the audit page. */
export async function logStanding(ctx: Ctx): Promise<LogStanding> {
  authorise(ctx, 'console.read');
  const [runs, checkpoints, waiting, kept] = await Promise.all([
    listVerifications(ctx, { limit: 2 }),
    listCheckpoints(ctx, { limit: 1 }),
    unsealedCount(),
    retention(ctx),
  ]);
  const [run = null, before = null] = runs.items;
  const { spki, pem } = publicKey();
  return {
    run,
    ended: run?.state === 'running' ? before : run,
    checkpoint: checkpoints.items[0] ?? null,
    waiting,
    publicKey: { fingerprint: sha256Hex(spki), pem },
    retention: kept,
  };
}
