import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { identityIdSchema } from '@/lib/identities/model';
import { clock } from '@/lib/platform/clock';
import { readUses } from '@/lib/sessions/reuse/store';
import { REUSE_DAYS, type Reuse } from '@/lib/sessions/reuse-model';
import { reuseOf } from '@/lib/sessions/reuse-state';

/** The credentials an identity was lately seen with, and who else, with what, was seen with each. Errors: `access.denied`, `input.invalid`. */
export async function showReuse(ctx: Ctx, input: z.input<typeof identityIdSchema>): Promise<Reuse> {
  authorise(ctx, 'console.read');
  const { id } = identityIdSchema.parse(input);
  const now = clock.now();
  const since = new Date(now.getTime() - REUSE_DAYS * 86_400_000);
  return { since: since.toISOString(), items: reuseOf(await readUses(id, since, now)) };
}
