import { authorise } from '@/lib/access/authorise';
import { type GrantRow, type ListGrants, listGrantsSchema } from '@/lib/access/grants/model';
import { grantRows } from '@/lib/access/grants/store';
import { toRow } from '@/lib/access/grants/to-row';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { clock } from '@/lib/platform/clock';

/** Who asked for which role for how long: what waits first, then newest first. */
export async function list(ctx: Ctx, query: ListGrants = {}): Promise<Page<GrantRow>> {
  authorise(ctx, 'console.read');
  const wanted = listGrantsSchema.parse(query);
  const now = clock.now();
  const found = await grantRows(wanted, now);
  const items = found.slice(0, wanted.limit).map((stored) => toRow(stored, ctx, now));
  return { items, nextCursor: found.length > wanted.limit ? items.at(-1)!.id : null };
}
