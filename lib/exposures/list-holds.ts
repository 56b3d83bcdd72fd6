import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type OpenHold, type OpenHoldsInput, openHoldsSchema } from '@/lib/exposures/holds/model';
import { openHolds } from '@/lib/exposures/holds/store';
import type { Page } from '@/lib/http/model';

/** Holds and leases that are open now, the latest first, with who holds what against which exposures. */
export async function listHolds(ctx: Ctx, input: OpenHoldsInput = {}): Promise<Page<OpenHold>> {
  authorise(ctx, 'console.read');
  const query = openHoldsSchema.parse(input);
  const found = await openHolds(query);
  const items = found.slice(0, query.limit);
  return { items, nextCursor: found.length > query.limit ? items.at(-1)!.id : null };
}
