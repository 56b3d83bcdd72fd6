import { authorise } from '@/lib/access/authorise';
import { type Ctx, cursorSchema } from '@/lib/access/model';
import type { AllotmentRow } from '@/lib/allotments/model';
import { readAllotments } from '@/lib/allotments/store';
import type { ListQuery, Page } from '@/lib/http/model';

/** Allotments, newest first. */
export async function list(ctx: Ctx, query: ListQuery): Promise<Page<AllotmentRow>> {
  authorise(ctx, 'console.read');
  const rows = await readAllotments(query.limit + 1, cursorSchema.parse(query.cursor) ?? null);
  const items = rows.slice(0, query.limit);
  return { items, nextCursor: rows.length > query.limit ? items.at(-1)!.id : null };
}
