import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { giveBack } from '@/lib/replay/give-back';
import { bulk } from '@/lib/revocations/bulk';
import type { BulkInput, BulkResult } from '@/lib/revocations/bulk-model';

/** Ends sessions in one act and gives back what those hold that it took; a dry run gives back nothing. Throws as `revocations/bulk`. */
export async function endMany(ctx: Ctx, input: BulkInput): Promise<BulkResult> {
  authorise(ctx, 'session.terminate');
  const result = await bulk(ctx, input);
  const taken = result.rows.filter((row) => row.revocationId !== null);
  if (result.kind === 'terminate' && !result.dryRun && taken.length)
    await giveBack(ctx, { sessionIds: taken.map((row) => row.id) });
  return result;
}
