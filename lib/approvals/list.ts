import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type ListRequests, listRequestsSchema, type RequestRow } from '@/lib/approvals/model';
import { readRequests } from '@/lib/approvals/store';
import type { Page } from '@/lib/http/model';

/** Requests for approval, newest first. */
export async function list(ctx: Ctx, query: ListRequests = {}): Promise<Page<RequestRow>> {
  authorise(ctx, 'console.read');
  const parsed = listRequestsSchema.parse(query);
  const rows = await readRequests(parsed);
  const items = rows.slice(0, parsed.limit);
  return { items, nextCursor: rows.length > parsed.limit ? items.at(-1)!.id : null };
}
