import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { HoldRow } from '@/lib/exposures/model';
import { holdById } from '@/lib/exposures/store';

/** A hold with its lines; null when there is none. */
export async function showHold(ctx: Ctx, id: string): Promise<HoldRow | null> {
  authorise(ctx, 'console.read');
  return holdById(id);
}
