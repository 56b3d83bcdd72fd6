import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type HuntRow, huntListSchema } from '@/lib/hunts/model';
import { readHunts } from '@/lib/hunts/store';

/** Hunts, newest first. Errors: `access.denied`, `input.invalid`. */
export async function list(
  ctx: Ctx,
  query: z.input<typeof huntListSchema> = {},
): Promise<{ items: HuntRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const { cursor, limit } = huntListSchema.parse(query);
  const rows = await readHunts(cursor ? z.uuid().parse(cursor) : null, limit + 1);
  const items = rows.slice(0, limit);
  return { items, nextCursor: rows.length > limit ? items.at(-1)!.id : null };
}
