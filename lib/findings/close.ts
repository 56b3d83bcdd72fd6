import type { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { closeSchema } from '@/lib/findings/model';
import { transition } from '@/lib/findings/transition';

/**
 * Done, with what it turned out to be. New evidence of the same cause reopens it. As benign it
 * is expected of its identity from then on: the same cause from the same networks with the same clients is not told again. Errors: `not_found`, `conflict`, `input.invalid`.
 */
export async function close(ctx: Ctx, input: z.input<typeof closeSchema>): ReturnType<typeof transition> {
  return transition(ctx, () => {
    const { id, reason, disposition } = closeSchema.parse(input);
    return {
      id,
      action: 'finding.close',
      to: 'closed',
      from: ['open', 'acknowledged', 'suppressed'],
      reason,
      disposition,
    };
  });
}
