import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { PolicySetRow } from '@/lib/policies/model';
import { rowOf } from '@/lib/policies/row';
import { rows } from '@/lib/policies/store';

/** What judges requests now: the active version of every policy set and those in shadow, by name. */
export async function list(ctx: Ctx): Promise<{ items: PolicySetRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const standing = await rows({ state: { in: ['active', 'shadow'] } });
  const items = standing.map(rowOf).sort((a, b) => (a.name === b.name && a.state < b.state ? -1 : 0));
  return { items, nextCursor: null };
}
