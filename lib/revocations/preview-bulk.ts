import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { newId } from '@/lib/platform/ids';
import { needsSecond } from '@/lib/responses/needs-second';
import { assess } from '@/lib/revocations/assess';
import { type BulkInput, type BulkResult, bulkInputSchema } from '@/lib/revocations/bulk-model';

/** What one action over many would do, for the dialog before the click. Changes nothing and leaves no trace. */
export async function previewBulk(ctx: Ctx, input: BulkInput): Promise<BulkResult> {
  authorise(ctx, 'console.read');
  const given = bulkInputSchema.parse(input);
  const { rows, radius, identityIds } = await assess(given);
  const eligible = rows.filter((row) => row.eligible).length;
  return {
    kind: given.kind,
    actionId: given.actionId ?? newId(),
    dryRun: true,
    rows,
    eligible,
    skipped: rows.length - eligible,
    radius,
    second: await needsSecond(ctx, given.kind, { ...radius, identityIds }),
    revocationIds: [],
  };
}
