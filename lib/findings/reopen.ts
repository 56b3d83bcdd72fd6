import type { z } from 'zod';
import type { Ctx } from '@/lib/access/model';
import { reopenSchema } from '@/lib/findings/model';
import { transition } from '@/lib/findings/transition';

/** Back to open. Errors: `not_found`, `conflict`, `input.invalid`. */
export async function reopen(ctx: Ctx, input: z.input<typeof reopenSchema>): ReturnType<typeof transition> {
  return transition(ctx, () => {
    const { id, reason } = reopenSchema.parse(input);
    return { id, action: 'finding.reopen', to: 'open', from: ['acknowledged', 'suppressed', 'closed'], reason };
  });
}
