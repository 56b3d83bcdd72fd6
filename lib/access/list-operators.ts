import { authorise } from '@/lib/access/authorise';
import { operatorRow } from '@/lib/access/format';
import { type Ctx, cursorSchema, type OperatorRow } from '@/lib/access/model';
import { operatorRows } from '@/lib/access/store';
import type { ListQuery, Page } from '@/lib/http/model';

/** Operators, oldest first. Only who manages them sees them. */
export async function listOperators(ctx: Ctx, query: ListQuery): Promise<Page<OperatorRow>> {
  authorise(ctx, 'operator.manage');
  const found = await operatorRows(cursorSchema.parse(query.cursor), query.limit, query.q);
  const items = found.slice(0, query.limit).map(operatorRow);
  return { items, nextCursor: found.length > query.limit ? items.at(-1)!.id : null };
}
