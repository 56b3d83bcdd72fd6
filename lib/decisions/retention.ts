import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { type Retention, retentionSchema } from '@/lib/decisions/retention/model';
import { storedRetention } from '@/lib/decisions/retention/store';

/** How many days rows are kept. */
export async function retention(ctx: Ctx): Promise<Retention> {
  authorise(ctx, 'console.read');
  return retentionSchema.parse(await storedRetention());
}
