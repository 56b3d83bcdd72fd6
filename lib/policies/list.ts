import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { PolicySetRow } from '@/lib/policies/model';
import { rowOf } from '@/lib/policies/row';
import { rows } from '@/lib/policies/store';

/** The active version of every policy set, by name. */
export async function list(ctx: Ctx): Promise<{ items: PolicySetRow[]; nextCursor: string | null }> {
  authorise(ctx, 'console.read');
  const active = await rows({ state: 'active' });
  return { items: active.map(rowOf), nextCursor: null };
}
