import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { readLikely } from '@/lib/identities/likely/store';
import type { Likely } from '@/lib/identities/likely-model';
import { identityIdSchema } from '@/lib/identities/model';

/**
 * Identities that may be this one at another system, surest first. Nothing is linked by it: `link-alias` gives one the other's
 * name, `unlink-alias` takes it away.
 */
export async function likely(ctx: Ctx, input: z.input<typeof identityIdSchema>): Promise<{ items: Likely[] }> {
  authorise(ctx, 'console.read');
  const { id } = identityIdSchema.parse(input);
  const items = await readLikely(id);
  return { items: items.sort((a, b) => b.confidence - a.confidence || (a.name < b.name ? -1 : 1)) };
}
