import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type CheckpointRow, type CheckpointText, checkpointRowSchema } from '@/lib/decisions/checkpoint/model';
import { checkpointPage } from '@/lib/decisions/checkpoint/store';
import type { Page } from '@/lib/http/model';

/** Checkpoints, newest first. */
export async function list(ctx: Ctx, query: { cursor?: string; limit: number }): Promise<Page<CheckpointRow>> {
  authorise(ctx, 'console.read');
  const found = await checkpointPage(query.cursor ?? null, query.limit + 1);
  const items = found.slice(0, query.limit).map((record) => {
    const said = JSON.parse(record.text) as CheckpointText;
    return checkpointRowSchema.parse({
      seq: record.seq.toString(),
      at: record.at.toISOString(),
      reason: record.reason,
      writers: said.writers,
      records: said.records,
      root: said.root,
      key: said.key,
      moved: record.heads.length,
    });
  });
  return { items, nextCursor: found.length > query.limit ? items.at(-1)!.seq : null };
}
