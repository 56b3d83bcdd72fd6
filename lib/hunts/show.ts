import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type HuntDetail, huntIdSchema } from '@/lib/hunts/model';
import { readHunt } from '@/lib/hunts/store';
import { BraidError } from '@/lib/platform/errors';

/** One hunt with what it found. Errors: `not_found`. */
export async function show(ctx: Ctx, input: { id: string }): Promise<HuntDetail> {
  authorise(ctx, 'console.read');
  const found = await readHunt(huntIdSchema.parse(input).id);
  if (!found) throw new BraidError('not_found', 'There is no such hunt.');
  return found;
}
