import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { setTargetSchema, TARGET_MS } from '@/lib/revocations/times/model';
import { storedTarget } from '@/lib/revocations/times/store';

/** Click to verified that is aimed at, milliseconds. */
export async function target(ctx: Ctx): Promise<z.output<typeof setTargetSchema>> {
  authorise(ctx, 'console.read');
  const known = setTargetSchema.safeParse(await storedTarget());
  return known.success ? known.data : { ms: TARGET_MS };
}
