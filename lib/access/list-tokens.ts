import { authorise } from '@/lib/access/authorise';
import { tokenRow } from '@/lib/access/format';
import { type Ctx, cursorSchema, type TokenRow } from '@/lib/access/model';
import { tokenRows } from '@/lib/access/store';
import type { ListQuery, Page } from '@/lib/http/model';
import { clock } from '@/lib/platform/clock';

/** API tokens, newest first, without anything that could be used as one. Only who manages them sees them. */
export async function listTokens(ctx: Ctx, query: ListQuery): Promise<Page<TokenRow>> {
  authorise(ctx, 'token.manage');
  const now = clock.now();
  const found = await tokenRows(cursorSchema.parse(query.cursor), query.limit, query.q);
  const items = found.slice(0, query.limit).map((row) => tokenRow(row, now));
  return { items, nextCursor: found.length > query.limit ? items.at(-1)!.id : null };
}
