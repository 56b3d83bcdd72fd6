import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { readBatches } from '@/lib/sessions/inbox/store';
import { type BatchRow, batchListQuerySchema } from '@/lib/sessions/inbox-model';

/** Batches of events that callers sent in the last week, newest first. */
export async function listBatches(
  ctx: Ctx,
  query: z.input<typeof batchListQuerySchema>,
): Promise<{ items: BatchRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const asked = batchListQuerySchema.parse(query);
  const found = await readBatches(asked);
  const items = found.slice(0, asked.limit);
  return { items, nextCursor: found.length > asked.limit ? items.at(-1)!.id : null };
}
