import { authorise } from '@/lib/access/authorise';
import type { GrantRow } from '@/lib/access/grants/model';
import { findGrant } from '@/lib/access/grants/store';
import { toRow } from '@/lib/access/grants/to-row';
import type { Ctx } from '@/lib/access/model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** One grant. Errors: `not_found`. */
export async function show(ctx: Ctx, { id }: { id: string }): Promise<GrantRow> {
  authorise(ctx, 'console.read');
  const stored = await findGrant(id);
  if (!stored) throw new BraidError('not_found', 'There is no such grant.');
  return toRow(stored, ctx, clock.now());
}
