import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { readCourse, readEarlier } from '@/lib/sessions/likeness/store';
import type { Likeness } from '@/lib/sessions/likeness-model';
import { likenessOf } from '@/lib/sessions/likeness-state';
import { sessionIdSchema } from '@/lib/sessions/model';

/** How much a session is like earlier ones of its identity, and what it did that none of them did. Errors: `access.denied`, `not_found`. */
export async function compareEarlier(ctx: Ctx, input: { id: string }): Promise<Likeness> {
  authorise(ctx, 'console.read');
  const { id } = sessionIdSchema.parse(input);
  const [course, earlier] = await Promise.all([readCourse(id), readEarlier(id)]);
  if (!course) throw new BraidError('not_found', 'There is no such session.');
  return likenessOf(course, earlier);
}
