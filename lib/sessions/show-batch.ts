import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { findBatch } from '@/lib/sessions/inbox/store';
import { type BatchRow, batchIdSchema } from '@/lib/sessions/inbox-model';

/** What became of a batch, with the lines that were refused. Its sender may ask, and who may read the console. Throws `not_found`. */
export async function showBatch(ctx: Ctx, input: { id: string }): Promise<BatchRow> {
  const { id } = batchIdSchema.parse(input);
  const found = await findBatch(id);
  const own = found !== null && ctx.actor.kind === 'token' && ctx.actor.id === found.tokenId;
  if (!own) authorise(ctx, 'console.read');
  if (!found) throw new BraidError('not_found', 'There is no such batch.');
  const { tokenId: _, ...row } = found;
  return row;
}
