import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type LedgerRow, ledgerOf as read } from '@/lib/exposures/store';

/** The newest `limit` ledger entries of an exposure in a period, oldest first. */
export function ledgerOf(
  ctx: Ctx,
  query: { exposureId: string; from: string; to: string; limit: number },
): Promise<LedgerRow[]> {
  authorise(ctx, 'console.read');
  return read(query.exposureId, query.from, query.to, query.limit);
}
